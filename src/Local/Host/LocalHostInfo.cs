namespace Jobs.Local.Host;

/// <summary>Where a running host is to be found: a service of the host, for whoever started it.</summary>
internal sealed class LocalHostInfo(string dataFolder)
{
    private Uri? _address;

    /// <summary>The first address that the host accepts requests on, with the port that it really has. Throws before the host has started.</summary>
    public Uri Address
    {
        get => _address ?? throw new InvalidOperationException("The host has not started.");
        set => _address = value;
    }

    public string DataFolder { get; } = dataFolder;
}
