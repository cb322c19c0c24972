import Testing

/// Tests that use libvirt's own fake, `test:///default`. Its state is one for all connections of a process, so they come one after
/// the other.
@Suite(.serialized) enum FakeLibvirtTests {}
