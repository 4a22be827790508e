using Jobs.LocalRuntime.Emulator;

namespace Jobs.Conformance.Suites;

/// <summary>One Azurite for all tests of a run.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteProcess? _azurite;

    public string ConnectionString => _azurite!.ConnectionString;

    public async Task InitializeAsync() => _azurite = await AzuriteProcess.StartAsync(AppContext.BaseDirectory, location: null, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_azurite is not null)
            await _azurite.DisposeAsync();
    }
}
