namespace Jobs.Conformance.Suites;

public sealed class ListeningTableConformance(ListeningStorageFixture listening) : TableConformance(listening.Tables, Differences.None), IClassFixture<ListeningStorageFixture>;
