namespace Jobs.Functions.Tests.Storage;

public sealed class ArtifactTests : ArtifactSuite;
