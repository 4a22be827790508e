namespace Jobs.Testing;

/// <summary>Where the repository is: the folder above the tests that holds Jobs.sln.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Jobs.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("There is no Jobs.sln above the tests.");
    }
}
