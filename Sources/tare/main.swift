import TareCommands

TareCommand.runAndExit()
