namespace Jobs.Functions.Tests.Ledger;

public sealed class SpendingTests : SpendingSuite;
