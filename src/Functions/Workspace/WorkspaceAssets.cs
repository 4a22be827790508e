using System.Reflection;
using System.Security.Cryptography;

namespace Jobs.Functions.Workspace;

/// <summary>
/// The page's own files, embedded in this assembly. Their address carries <see cref="Version"/>, a hash over all of them, so that browsers may keep them for good and
/// never mix those of two deployments.
/// </summary>
public sealed class WorkspaceAssets
{
    /// <summary>The characters of a <see cref="Version"/>: the asset's route counts them, so that it cannot be taken for the page of a tenant called "assets".</summary>
    public const int VersionLength = 16;

    private const string Folder = "Workspace/";
    private const string ShellFile = "workspace.html";

    private readonly Dictionary<string, WorkspaceAsset> _assets = new(StringComparer.Ordinal);

    /// <summary>Reads them all, once.</summary>
    public WorkspaceAssets()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string? shell = null;
        var assembly = typeof(WorkspaceAssets).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var content = Read(assembly, name);
            var file = name[Folder.Length..];
            if (file == ShellFile)
            {
                shell = System.Text.Encoding.UTF8.GetString(content);
                continue;
            }

            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file)));
            hash.AppendData(SHA256.HashData(content));
            _assets.Add(file, new WorkspaceAsset(content, TypeOf(file)));
        }

        Shell = shell ?? throw new InvalidOperationException($"{ShellFile} is not embedded in {assembly.GetName().Name}.");
        Version = Convert.ToHexStringLower(hash.GetHashAndReset())[..VersionLength];
    }

    /// <summary>Changes whenever a file does: lower-case hex.</summary>
    public string Version { get; }

    /// <summary>The HTML of every page, with its places in double braces.</summary>
    public string Shell { get; }

    /// <summary>A file of this version; null for any other.</summary>
    public WorkspaceAsset? Find(string version, string file) => version == Version ? _assets.GetValueOrDefault(file) : null;

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".css" => "text/css",
        ".js" => "text/javascript",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The page has no media type for '{other}'."),
    };
}

/// <summary>One file of the page.</summary>
public sealed record WorkspaceAsset(byte[] Content, string ContentType);
