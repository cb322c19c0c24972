import CWitnessShims

// What it does, and for whom, stands at the head of MarkProtocol.swift.

/// Whether a word of the command line, by default the one after the program's, is a given one.
func isCalled(_ word: StaticString, at index: Int32 = 1) -> Bool {
    guard let argument = witness_argument(index) else { return false }
    return strcmp(argument, word.cString) == 0
}

/// The first process of an instance that is not a guest.
func enter(on descriptor: Int32) -> Witness {
    // The mark is the first thing of all; the channel is put aside afterwards.
    MarkChannel(descriptor: descriptor).send(MarkByte.entered)
    return Witness(channel: MarkChannel(descriptor: keepAside(descriptor)), isGuest: false)
}

func run() -> Never {
    if isCalled("pause") { pauseUntilTold() }
    let entered = Clock.nanoseconds()
    let witness: Witness
    var port: Int32 = -1
    let tellsWorld: Bool
    if Guest.isHere {
        let (guest, itsWitness) = Guest.enter()
        witness = itsWitness
        if isCalled("--echo") {
            guest.hastenReceiving()
            echo(witness.channel)
            witness.leave(0)
        }
        tellsWorld = isCalled("--world")
        // The world is told first, and then the channel is measured by an echo: the port is as in one that does only that.
        if tellsWorld { guest.hastenReceiving() }
        port = guest.arrange(witness)
    } else {
        let preserved = isCalled("--preserved")
        let connects = isCalled("--connect")
        let keepsStreams = connects && isCalled("--engine-log", at: 2)
        let next: Int32 = keepsStreams ? 3 : preserved || connects ? 2 : 1
        tellsWorld = isCalled("--world", at: next)
        if witness_argument(next) != nil, !isCalled("--echo", at: next), !tellsWorld {
            let usage: StaticString =
                "usage: witness [[--preserved | --connect [--engine-log]] [--echo | --world] | pause] (see the mark protocol)\n"
            _ = write(2, usage.utf8Start, usage.utf8CodeUnitCount)
            _exit(64)
        }
        witness = enter(on: connects ? connectToHost() : preserved ? 3 : 0)
        if connects, !keepsStreams { printToFile(witness) }
        if isCalled("--echo", at: next) {
            echo(witness.channel)
            witness.leave(0)
        }
    }
    // Readiness is asked there, unless the instance is on a bridge. Without the right to bring it up, the probe will say what it saw.
    _ = witness_loopback_up()
    let records = Records.read(Configuration.path) { witness.fail($0) }
    let configuration = Configuration(records, isGuest: witness.isGuest) { witness.fail($0) }
    if configuration.isOnBridge { ownAddress.find(witness) }
    let streams = arrangeStreams(configuration, witness, port: port)
    execute(configuration, as: witness, streams: streams, entered: entered, tellsWorld: tellsWorld)
}

run()
