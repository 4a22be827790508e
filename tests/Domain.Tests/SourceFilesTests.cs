using Jobs.Domain.Widgets;

namespace Jobs.Domain.Tests;

public sealed class SourceFilesTests
{
    [Theory]
    [InlineData("src/App.tsx")]
    [InlineData("a")]
    [InlineData(".eslintrc")]
    [InlineData("src/..hidden/x.ts")]
    public void TryCreate_plain_relative_path_is_accepted(string path) => Assert.Null(Error((path, "x")));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x.ts")]
    [InlineData("src/../../x.ts")]
    [InlineData("src/./x.ts")]
    [InlineData("src//x.ts")]
    [InlineData("src/")]
    [InlineData("C:\\x.ts")]
    [InlineData("src\\x.ts")]
    [InlineData("src/x\0.ts")]
    [InlineData("src/x\n.ts")]
    [InlineData("src/ｅ.ts")]
    [InlineData("src/x y.ts")]
    [InlineData("~/x.ts")]
    [InlineData("-/x%2e.ts")]
    public void TryCreate_any_other_path_is_refused_and_named(string path) => Assert.Contains("the path", Error((path, "x")));

    [Theory]
    [InlineData(SourceFiles.MaxPathLength, true)]
    [InlineData(SourceFiles.MaxPathLength + 1, false)]
    public void TryCreate_path_length_at_and_past_the_limit(int length, bool accepted) =>
        Assert.Equal(accepted, Error((new string('a', length), "x")) is null);

    [Theory]
    [InlineData(SourceFiles.MaxFiles, true)]
    [InlineData(SourceFiles.MaxFiles + 1, false)]
    public void TryCreate_number_of_files_at_and_past_the_limit(int count, bool accepted) =>
        Assert.Equal(accepted, Error([.. Enumerable.Range(0, count).Select(i => ($"f{i}.ts", "x"))]) is null);

    [Theory]
    [InlineData(SourceFiles.MaxTotalBytes, true)]
    [InlineData(SourceFiles.MaxTotalBytes + 1, false)]
    public void TryCreate_total_size_at_and_past_the_limit_counts_bytes(int bytes, bool accepted) =>
        Assert.Equal(accepted, Error(("a.ts", new string('é', bytes / 4)), ("b.ts", new string('é', bytes / 4)), ("c.ts", new string('x', bytes % 4))) is null);

    [Fact]
    public void TryCreate_paths_that_differ_only_in_case_are_refused() => Assert.Contains("twice", Error(("src/App.tsx", "x"), ("src/app.tsx", "y")));

    [Fact]
    public void TryCreate_file_that_is_also_a_folder_is_refused() =>
        Assert.Contains("both a file and a folder", Error(("src", "x"), ("src/App.tsx", "y")));

    [Fact]
    public void TryCreate_lone_surrogate_is_refused() => Assert.Contains("not valid Unicode", Error(("a.ts", "\ud800")));

    private static string? Error(params (string Path, string Content)[] files) =>
        SourceFiles.TryCreate(files.Select(file => KeyValuePair.Create(file.Path, file.Content)), out _, out var error) ? null : error;
}
