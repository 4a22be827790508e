using System.Text.Json;

namespace Jobs.Local.Storage.Blobs;

/// <summary>What is known of a container.</summary>
/// <param name="Ticks">When it was changed last, which is its version.</param>
/// <param name="Metadata">Its metadata; null when it has none.</param>
internal sealed record StoredContainer(long Ticks, Dictionary<string, string>? Metadata);

/// <summary>Containers as folders. What is known of one is a file in it whose name no blob's file can have.</summary>
internal sealed class DiskContainers(string root, Func<string> newTemporaryPath, Func<long> nextTicks)
{
    /// <summary>The file; <see cref="BlobFileName"/> encodes a dot at the beginning.</summary>
    public const string PropertiesFile = ".container";

    private readonly Lock _names = new();

    /// <summary>Makes a container. 409 when it is there.</summary>
    public StoredContainer Create(string name, Dictionary<string, string>? metadata)
    {
        var container = new StoredContainer(nextTicks(), metadata);
        var (temporary, target) = (newTemporaryPath(), Path.Combine(root, name));
        Directory.CreateDirectory(temporary);
        try
        {
            WriteProperties(temporary, container);
            lock (_names)
            {
                if (Directory.Exists(target))
                    throw BlobErrors.ContainerAlreadyExists();
                Directory.Move(temporary, target);
            }
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }

        DurableFiles.SyncFolder(root);
        return container;
    }

    /// <summary>What is known of a container. 404 when it is not there.</summary>
    public StoredContainer Get(string name)
    {
        var folder = Folder(name);
        try
        {
            return JsonSerializer.Deserialize<StoredContainer>(File.ReadAllBytes(Path.Combine(folder, PropertiesFile)))
                ?? throw new InvalidDataException($"{Path.Combine(folder, PropertiesFile)} is empty.");
        }
        catch (FileNotFoundException)
        {
            // Made by the program before it kept this file.
            return new StoredContainer(Directory.GetCreationTimeUtc(folder).Ticks, null);
        }
    }

    /// <summary>Replaces the metadata of a container.</summary>
    public StoredContainer SetMetadata(string name, Dictionary<string, string>? metadata)
    {
        var folder = Folder(name);
        var container = new StoredContainer(nextTicks(), metadata);
        WriteProperties(folder, container);
        DurableFiles.SyncFolder(folder);
        return container;
    }

    /// <summary>Removes a container with its blobs.</summary>
    public void Delete(string name)
    {
        var grave = newTemporaryPath();
        lock (_names)
            Directory.Move(Folder(name), grave);
        DurableFiles.SyncFolder(root);
        Directory.Delete(grave, recursive: true);
    }

    /// <summary>The names of the containers that begin with a prefix, in order.</summary>
    public List<string> List(string prefix) =>
        [.. Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.' && name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The folder of a container. 404 when it is not there.</summary>
    public string Folder(string name)
    {
        var folder = Path.Combine(root, name);
        return Directory.Exists(folder) ? folder : throw BlobErrors.ContainerNotFound();
    }

    private void WriteProperties(string folder, StoredContainer container)
    {
        var temporary = newTemporaryPath();
        using (var file = new FileStream(temporary, FileMode.CreateNew))
        {
            JsonSerializer.Serialize(file, container);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path.Combine(folder, PropertiesFile), overwrite: true);
    }
}
