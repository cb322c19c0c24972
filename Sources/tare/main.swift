import TareCommands

await TareCommand.runAndExit()
