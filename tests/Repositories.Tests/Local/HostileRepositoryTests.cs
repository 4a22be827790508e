using Jobs.Domain.Repositories;
using LibGit2Sharp;

namespace Jobs.Repositories.Tests.Local;

/// <summary>Repositories that want something to run, or to be read or written elsewhere.</summary>
public sealed class HostileRepositoryTests : IDisposable
{
    private static readonly string[] Hooks =
    [
        "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-checkout", "post-commit", "post-index-change", "post-merge", "post-rewrite", "pre-applypatch", "pre-auto-gc", "pre-commit",
        "pre-merge-commit", "pre-push", "pre-rebase", "prepare-commit-msg", "reference-transaction", "update",
    ];

    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task No_program_of_a_repository_ever_runs()
    {
        var proof = Path.Combine(_fixture.Outside, "ran");
        var script = Path.Combine(_fixture.Outside, "evil.sh");
        File.WriteAllText(script, $"#!/bin/sh\necho $0 >> '{proof}'\ncat\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _fixture.CommitByHand("Attributes", (".gitattributes", "* filter=evil diff=evil merge=evil text eol=crlf ident\n"));
        foreach (var hook in Hooks)
        {
            File.Copy(script, Path.Combine(_fixture.Folder, ".git/hooks", hook), overwrite: true);
        }

        foreach (var (key, value) in new[]
        {
            ("core.hooksPath", Path.Combine(_fixture.Folder, ".git/hooks")), ("core.fsmonitor", script), ("core.sshCommand", script), ("core.editor", script), ("core.pager", script),
            ("core.askPass", script), ("filter.evil.clean", script), ("filter.evil.smudge", script), ("filter.evil.process", script), ("filter.evil.required", "true"), ("diff.evil.command", script),
            ("diff.evil.textconv", script), ("diff.external", script), ("merge.evil.driver", script), ("gpg.program", script), ("commit.gpgSign", "true"), ("credential.helper", script),
            ("core.gitProxy", script), ("uploadpack.packObjectsHook", script), ("sequence.editor", script), ("alias.status", $"!{script}"), ("core.alternateRefsCommand", script),
        })
        {
            // By hand: git itself would start some of them while it writes.
            _fixture.Git("config", "--file", ".git/config", key, value);
        }

        await _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None);
        var (start, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("src/app.txt", LocalForgeMergeTests.Lines(40, 3, "three")), new FileEdit.Rename("README.md", "READ.md"));
        var (_, other) = await _fixture.ChangeAsync("def12345", LocalForgeFixture.Write("src/app.txt", LocalForgeMergeTests.Lines(40, 30, "thirty")));
        await _fixture.Forge.CompareAsync(_fixture.Repository, start.BaseSha, head, CancellationToken.None);
        await _fixture.Forge.ListChangedFilesAsync(_fixture.Repository, start, head, 0, 10, CancellationToken.None);
        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));
        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(other));
        using var tree = await _fixture.Forge.OpenTreeAsync(_fixture.Repository, head, CancellationToken.None);

        Assert.NotNull(tree.Read("READ.md", 1_000));
        Assert.False(File.Exists(proof), File.Exists(proof) ? File.ReadAllText(proof) : "");

        // The proof proves something: git itself does run one of them.
        GitProgram.Try(_fixture.Folder, "status");
        Assert.True(File.Exists(proof));
    }

    [Theory]
    [InlineData("[include]\n\tpath = {outside}\n", "includes other files")]
    [InlineData("[includeIf \"gitdir:/\"]\n\tpath = {outside}\n", "includes other files")]
    [InlineData("[core] [INCLUDE] path={outside}\n", "includes other files")]
    [InlineData("[core]\n\tworktree = {outside}\n", "files in another place")]
    [InlineData("[core]\n\tWorkTree\t= {outside}\n", "files in another place")]
    [InlineData("[core]\n\tattributesFile = {outside}\n", "files in another place")]
    [InlineData("[extensions]\n\tobjectFormat = sha256\n[core]\n\trepositoryformatversion = 1\n", "")]
    [InlineData("[extensions]\n\tunheardOf = 1\n[core]\n\trepositoryformatversion = 1\n", "")]
    [InlineData("[core\n", "")]
    public async Task Configuration_that_leads_elsewhere_or_is_not_known_is_refused(string text, string reason)
    {
        File.AppendAllText(Path.Combine(_fixture.Folder, ".git/config"), text.Replace("{outside}", _fixture.Outside, StringComparison.Ordinal));

        Assert.Contains(reason, await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None)), StringComparison.Ordinal);
        await _fixture.RefusedAsync(() => _fixture.StartAsync());
    }

    [Fact]
    public async Task Configuration_of_a_working_folder_counts_as_the_repositorys()
    {
        _fixture.Git("config", "extensions.worktreeConfig", "true");
        File.WriteAllText(Path.Combine(_fixture.Folder, ".git/config.worktree"), $"[core]\n\tworktree = {_fixture.Outside}\n");

        Assert.Contains("another place", await _fixture.RefusedAsync(() => _fixture.StartAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("config")]
    [InlineData("index")]
    [InlineData("objects")]
    [InlineData("refs/heads")]
    [InlineData("refs/heads/main")]
    [InlineData("logs/HEAD")]
    [InlineData("info")]
    public async Task Link_among_gits_own_files_is_refused(string path)
    {
        var full = Path.Combine(_fixture.Folder, ".git", path);
        var moved = Path.Combine(_fixture.Outside, "moved");
        if (Directory.Exists(full))
        {
            Directory.Move(full, moved);
            Directory.CreateSymbolicLink(full, moved);
        }
        else
        {
            File.Move(full, moved);
            File.CreateSymbolicLink(full, moved);
        }

        await _fixture.RefusedAsync(() => _fixture.StartAsync());
    }

    [Fact]
    public async Task Objects_of_another_repository_are_not_taken()
    {
        using var other = new LocalForgeFixture();
        File.WriteAllText(Path.Combine(_fixture.Folder, ".git/objects/info/alternates"), Path.Combine(other.Folder, ".git/objects") + "\n");

        Assert.Contains("alternates", await _fixture.RefusedAsync(() => _fixture.StartAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Git_folder_that_is_a_link_or_names_another_is_refused()
    {
        var link = Directory.CreateDirectory(Path.Combine(_fixture.Root, "link")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(link, ".git"), Path.Combine(_fixture.Folder, ".git"));
        Assert.Contains("is a link", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(link, CancellationToken.None)), StringComparison.Ordinal);

        var file = Directory.CreateDirectory(Path.Combine(_fixture.Root, "file")).FullName;
        File.WriteAllText(Path.Combine(file, ".git"), $"gitdir: {_fixture.Folder}/.git\n");
        Assert.Contains("is a file", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(file, CancellationToken.None)), StringComparison.Ordinal);

        var linked = Path.Combine(_fixture.Root, "linked");
        _fixture.Git("worktree", "add", "--quiet", "-b", "aside", linked);
        await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(linked, CancellationToken.None));
        await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(Path.Combine(_fixture.Folder, ".git/worktrees/linked"), CancellationToken.None));
    }

    [Fact]
    public async Task Bare_repository_that_lies_in_another_ones_files_runs_nothing()
    {
        var proof = Path.Combine(_fixture.Outside, "ran");
        var inside = Path.Combine(_fixture.Folder, "vendor");
        GitProgram.Run(_fixture.Root, "clone", "--quiet", "--bare", _fixture.Folder, inside);
        GitProgram.Run(inside, "config", "core.fsmonitor", $"touch {proof}");

        Assert.Equal(new RepositoryFacts("main"), await _fixture.Forge.InspectAsync(inside, CancellationToken.None));
        await _fixture.StartAsync();
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task Git_folder_without_files_that_says_it_has_some_is_refused()
    {
        var folder = Path.Combine(_fixture.Root, "separate");
        Directory.Move(Path.Combine(_fixture.Folder, ".git"), folder);

        Assert.Contains("files are in another folder", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(folder, CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repository_of_another_user_is_refused()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Only root gives folders away: who is not, sees only that libgit2 is told to look whose they are.
            await _fixture.StartAsync();
            Assert.True(GlobalSettings.GetOwnerValidation());
            return;
        }

        Assert.Equal(0, System.Diagnostics.Process.Start("chown", ["-R", "65534", _fixture.Folder]) is { } process && process.WaitForExit(60_000) ? process.ExitCode : 1);

        Assert.Contains("another user", await _fixture.RefusedAsync(() => _fixture.StartAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_repository_is_refused_without_a_path_of_the_machine()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_fixture.Folder, ".git/objects"), "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
            File.WriteAllText(file, "damaged");
        }

        await _fixture.RefusedAsync(() => _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n")));
    }

    [Fact]
    public async Task Settings_of_the_user_and_the_machine_do_not_count()
    {
        await _fixture.StartAsync();

        Assert.All(
            [ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System, ConfigurationLevel.ProgramData],
            level => Assert.All(GlobalSettings.GetConfigSearchPaths(level), Assert.Empty));
        Assert.True(GlobalSettings.GetOwnerValidation());
        Assert.Equal("Jobs", _fixture.Git("reflog", "show", "--format=%gn", "job/abc12345").Trim());
    }
}
