using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Jobs.Functions.Workspace;

/// <summary>
/// The page's own files, embedded in this assembly, and scripts that a host adds. Their address carries <see cref="Version"/>, a hash over all of them, so that browsers may keep them for good and
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
    public WorkspaceAssets(IEnumerable<WorkspaceScript> added)
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
                shell = Encoding.UTF8.GetString(content);
                continue;
            }

            Add(file, content);
        }

        var tags = new StringBuilder();
        foreach (var script in added)
        {
            Add(script.File, script.Content);
            tags.Append($"<script type=\"module\" src=\"/app/assets/{{{{version}}}}/{HtmlEncoder.Default.Encode(script.File)}\"></script>\n");
        }

        Shell = shell?.Replace("{{scripts}}", tags.ToString(), StringComparison.Ordinal)
            ?? throw new InvalidOperationException($"{ShellFile} is not embedded in {assembly.GetName().Name}.");
        Version = Convert.ToHexStringLower(hash.GetHashAndReset())[..VersionLength];

        void Add(string file, byte[] content)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(file)));
            hash.AppendData(SHA256.HashData(content));
            _assets.Add(file, new WorkspaceAsset(content, TypeOf(file)));
        }
    }

    /// <summary>Changes whenever a file does: lower-case hex.</summary>
    public string Version { get; }

    /// <summary>The HTML of every page, with its places in double braces.</summary>
    public string Shell { get; }

    /// <summary>A file of this version; null for any other.</summary>
    public WorkspaceAsset? Find(string version, string file) => version == Version ? _assets.GetValueOrDefault(file) : null;

    internal static byte[] Read(Assembly assembly, string name)
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

/// <summary>A script that the host adds to the page, which runs before the page is drawn. The app itself has none.</summary>
/// <param name="File">Its name among the page's files, which ends with <c>.js</c>.</param>
/// <param name="Content">The module.</param>
public sealed record WorkspaceScript(string File, byte[] Content)
{
    /// <summary>The script that an assembly holds as a resource of its name.</summary>
    public static WorkspaceScript Of(Assembly assembly, string file) => new(file, WorkspaceAssets.Read(assembly, file));
}

/// <summary>One file of the page.</summary>
public sealed record WorkspaceAsset(byte[] Content, string ContentType);
