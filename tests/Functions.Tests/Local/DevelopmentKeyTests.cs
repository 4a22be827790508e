using Jobs.Functions.Api.Authentication;
using Jobs.Local;
using Jobs.LocalRuntime.Host;

namespace Jobs.Functions.Tests.Local;

public sealed class DevelopmentKeyTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("jobs-key-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Key_is_made_once_and_kept()
    {
        var made = DevelopmentKey.ReadOrCreate(_folder);
        var kept = DevelopmentKey.ReadOrCreate(_folder);

        Assert.True(made.IsNew);
        Assert.False(kept.IsNew);
        Assert.Equal(made.Value, kept.Value);
        Assert.True(ApiKey.IsWellFormed(made.Value));
        Assert.Equal([DevelopmentKey.FileName], Directory.EnumerateFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Key_and_its_folder_are_for_this_user_only()
    {
        var key = DevelopmentKey.ReadOrCreate(_folder);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key.File));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        }
    }

    [Fact]
    public void Starts_at_the_same_moment_get_one_key()
    {
        var keys = new DevelopmentKey[8];
        Parallel.For(0, keys.Length, i => keys[i] = DevelopmentKey.ReadOrCreate(_folder));

        Assert.Single(keys.Select(k => k.Value).Distinct());
        Assert.Single(keys, k => k.IsNew);
    }

    [Fact]
    public void File_without_a_key_is_refused_by_name()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, DevelopmentKey.FileName), "emb_live_short");

        Assert.Contains(DevelopmentKey.FileName, Assert.Throws<LocalHostException>(() => DevelopmentKey.ReadOrCreate(_folder)).Message);
    }
}
