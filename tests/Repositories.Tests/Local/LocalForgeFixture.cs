using System.Diagnostics;
using System.Text;
using Jobs.Domain.Repositories;
using Jobs.Repositories.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Repository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Repositories.Tests.Local;

/// <summary>A root with one repository in it, made by the real <c>git</c>, and a forge that serves it.</summary>
internal sealed class LocalForgeFixture : IDisposable
{
    public static readonly DateTimeOffset At = new(2026, 12, 1, 9, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobs-forge-tests-");

    public LocalForgeFixture(bool isBare = false)
    {
        Root = Directory.CreateDirectory(Path.Combine(_folder.FullName, "root")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_folder.FullName, "outside")).FullName;
        var seed = Path.Combine(isBare ? _folder.FullName : Root, isBare ? "seed" : "project");
        Directory.CreateDirectory(seed);
        GitProgram.Run(seed, "init", "--quiet", "--initial-branch=main");
        File.WriteAllText(Path.Combine(seed, "README.md"), "# Project\n\nA project.\n");
        Directory.CreateDirectory(Path.Combine(seed, "src"));
        File.WriteAllText(Path.Combine(seed, "src/app.txt"), string.Concat(Enumerable.Range(1, 40).Select(number => $"line {number}\n")));
        File.WriteAllText(Path.Combine(seed, "run.sh"), "#!/bin/sh\necho hello\n");
        File.SetUnixFileMode(Path.Combine(seed, "run.sh"), File.GetUnixFileMode(Path.Combine(seed, "run.sh")) | UnixFileMode.UserExecute);
        GitProgram.Run(seed, "add", "--all");
        GitProgram.Run(seed, "commit", "--quiet", "--message=Begin");
        if (isBare)
        {
            GitProgram.Run(_folder.FullName, "clone", "--quiet", "--bare", seed, Path.Combine(Root, "project"));
            GitProgram.Run(Path.Combine(Root, "project"), "remote", "remove", "origin");
        }

        Folder = Path.Combine(Root, "project");
        Forge = NewForge();
        Repository = new Repository("acme", "project", RepositoryKind.Local, Folder, "main", AutoMerge: true, [], Check: null, At);
    }

    public string Root { get; }

    public string Outside { get; }

    public string Folder { get; }

    public LocalForge Forge { get; }

    public Repository Repository { get; set; }

    public static FileEdit.Write Write(string path, string content) => new(path, Encoding.UTF8.GetBytes(content));

    public LocalForge NewForge() =>
        new(Options.Create(new LocalForgeOptions { LocalRoots = [Root] }), TimeProvider.System, NullLogger<LocalForge>.Instance);

    public string Git(params string[] arguments) => GitProgram.Run(Folder, arguments);

    /// <summary>Runs a command line in the repository, for what <c>git</c> reads from its input.</summary>
    public string Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    /// <summary>Writes a tree of these entries, each as <c>git mktree</c> reads it.</summary>
    public string Tree(IEnumerable<string> entries)
    {
        var list = Path.Combine(Outside, "tree");
        File.WriteAllText(list, string.Concat(entries.Select(entry => entry + "\n")));
        return Shell($"git mktree < '{list}'");
    }

    public string Sha(string revision) => Git("rev-parse", "--verify", revision).Trim();

    /// <summary>Writes files into the working folder and commits them, as a person would.</summary>
    public string CommitByHand(string message, params (string Path, string? Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(Folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (content is null)
            {
                File.Delete(full);
            }
            else
            {
                File.WriteAllText(full, content);
            }
        }

        Git("add", "--all");
        Git("commit", "--quiet", $"--message={message}");
        return Sha("HEAD");
    }

    public BranchOrder OrderOf(string id, int round = 0) =>
        new(Repository, id, $"job/{id}", "main", "Do it.", AutoMerge: true, CreatePullRequest: true, At) { Round = round };

    public Task<BranchStart> StartAsync(string id = "abc12345", int round = 0) => Forge.StartAsync(OrderOf(id, round), CancellationToken.None);

    public Task<string> CommitAsync(BranchStart start, params FileEdit[] edits) =>
        Forge.CommitAsync(new CommitOrder(Repository, start.Branch, start.HeadSha, edits, "Change it\n\nBecause it was asked for.", At), CancellationToken.None);

    /// <summary>A branch with one commit of these edits.</summary>
    public async Task<(BranchStart Start, string Head)> ChangeAsync(string id, params FileEdit[] edits)
    {
        var start = await StartAsync(id);
        return (start, await CommitAsync(start, edits));
    }

    public Task<MergeOutcome> MergeAsync(string head) =>
        Forge.MergeAsync(new MergeOrder(Repository, "main", head, "Merge job\n\nIt is done.", At), CancellationToken.None);

    public async Task<string> RefusedAsync(Func<Task> act)
    {
        var exception = await Assert.ThrowsAsync<ForgeException>(act);
        Assert.False(exception.IsTransient, exception.Message);
        Assert.DoesNotContain(_folder.FullName, exception.Message, StringComparison.Ordinal);
        return exception.Message;
    }

    /// <summary>Git finds no fault in the whole repository.</summary>
    public void AssertSound() => Git("fsck", "--strict", "--full", "--no-dangling");

    public void Dispose()
    {
        Forge.Dispose();
        _folder.Delete(recursive: true);
    }
}
