using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Tests.Local;

public sealed class BranchComparisonTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Hunks_and_counts_are_those_of_git()
    {
        var (start, head) = await _fixture.ChangeAsync(
            "abc12345",
            LocalForgeFixture.Write("src/app.txt", LocalForgeMergeTests.Lines(40, 3, "three").Replace("line 30\n", "", StringComparison.Ordinal)),
            LocalForgeFixture.Write("new.txt", "one\ntwo"),
            new FileEdit.Delete("run.sh"),
            new FileEdit.Rename("README.md", "docs/README.md"),
            new FileEdit.Write("logo.bin", new byte[] { 0, 1, 2 }));

        var diff = await _fixture.Forge.CompareAsync(_fixture.Repository, start.BaseSha, head, CancellationToken.None);

        Assert.Equal(5, diff.Total);
        Assert.Equal(
            [
                ("docs/README.md", "README.md", FileChange.Renamed, 0, 0, false),
                ("logo.bin", null, FileChange.Added, 0, 0, true),
                ("new.txt", null, FileChange.Added, 2, 0, false),
                ("run.sh", null, FileChange.Deleted, 0, 2, false),
                ("src/app.txt", null, FileChange.Modified, 1, 2, false),
            ],
            diff.Files.Select(file => (file.Path, file.OldPath, file.Change, file.Added, file.Deleted, file.IsBinary)));
        Assert.All(diff.Files.Where(file => file.Path is "new.txt" or "run.sh" or "src/app.txt"), file =>
        {
            var git = _fixture.Git("diff", "main", head, "--", file.Path);
            Assert.Equal(git[git.IndexOf("@@", StringComparison.Ordinal)..], file.Patch);
        });
        Assert.Equal("", diff.Files[0].Patch);
        Assert.Null(diff.Files[1].Patch);
    }

    [Fact]
    public async Task Diff_keeps_to_its_limits()
    {
        var (start, head) = await _fixture.ChangeAsync(
            "abc12345",
            [
                LocalForgeFixture.Write("at-lines.txt", string.Concat(Enumerable.Repeat("x\n", ForgeLimits.MaxDiffFileLines))),
                LocalForgeFixture.Write("beyond-lines.txt", string.Concat(Enumerable.Repeat("x\n", ForgeLimits.MaxDiffFileLines + 1))),
                LocalForgeFixture.Write("at-size.txt", new string('x', ForgeLimits.MaxDiffFileBytes)),
                LocalForgeFixture.Write("beyond-size.txt", new string('x', ForgeLimits.MaxDiffFileBytes + 1)),
                LocalForgeFixture.Write("more.txt", new string('y', ForgeLimits.MaxDiffFileBytes)),
                .. Enumerable.Range(0, ForgeLimits.MaxDiffFiles).Select(number => LocalForgeFixture.Write($"z/{number:0000}.txt", "z\n")),
            ]);

        var diff = await _fixture.Forge.CompareAsync(_fixture.Repository, start.BaseSha, head, CancellationToken.None);
        var patches = diff.Files.ToDictionary(file => file.Path, file => file.Patch);

        Assert.Equal(ForgeLimits.MaxDiffFiles + 5, diff.Total);
        Assert.Equal(ForgeLimits.MaxDiffFiles, diff.Files.Count);
        Assert.NotNull(patches["at-lines.txt"]);
        Assert.Null(patches["beyond-lines.txt"]);
        Assert.Equal(ForgeLimits.MaxDiffFileLines + 1, diff.Files.Single(file => file.Path == "beyond-lines.txt").Added);
        Assert.NotNull(patches["at-size.txt"]);
        Assert.Null(patches["beyond-size.txt"]);

        // Twice half a million characters and the hunks of the first are more than all may have.
        Assert.Null(patches["more.txt"]);
        Assert.NotNull(patches["z/0000.txt"]);
    }

    [Fact]
    public async Task Commit_that_is_not_there_is_refused() =>
        await _fixture.RefusedAsync(() => _fixture.Forge.CompareAsync(_fixture.Repository, _fixture.Sha("main"), new string('1', 40), CancellationToken.None));
}
