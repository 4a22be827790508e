using System.Diagnostics;
using System.Text;

namespace Jobs.Repositories.Tests.Local;

/// <summary>The real <c>git</c>, with nothing configured: what it says of a repository is what the forge's work is measured by.</summary>
internal static class GitProgram
{
    /// <summary>Runs it in a folder and gives what it wrote; fails with what it complains about.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        var (code, output, error) = Try(folder, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {code}\n{error}{output}");
    }

    /// <summary>Deletes a folder with repositories in it, whose objects are read-only.</summary>
    public static void Delete(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            file.IsReadOnly = false;
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs it in a folder.</summary>
    public static (int Code, string Output, string Error) Try(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in new (string, string)[]
        {
            ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("HOME", "/nonexistent"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C.UTF-8"),
            ("GIT_AUTHOR_NAME", "Ann"), ("GIT_AUTHOR_EMAIL", "ann@example.com"), ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"),
            ("GIT_COMMITTER_NAME", "Ann"), ("GIT_COMMITTER_EMAIL", "ann@example.com"), ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
