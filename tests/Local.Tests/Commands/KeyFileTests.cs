using Jobs.Domain.Identity;
using Jobs.Functions.Secrets;
using Jobs.Local.Commands;
using Jobs.Local.Host;
using Jobs.Local.Identity;

namespace Jobs.Local.Tests.Commands;

public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("jobs-key-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData(DevelopmentKey.FileName)]
    [InlineData(SecretsKey.FileName)]
    [InlineData(IssuerKey.FileName)]
    public void Key_is_made_once_and_kept(string name)
    {
        var made = ReadOrCreate(name);
        var kept = ReadOrCreate(name);

        Assert.True(made.IsNew);
        Assert.False(kept.IsNew);
        Assert.Equal(made.Value, kept.Value);
        Assert.True(name switch
        {
            DevelopmentKey.FileName => ApiKey.IsWellFormed(made.Value),
            SecretsKey.FileName => SecretKeys.IsWellFormed(made.Value),
            _ => DevelopmentIssuer.IsKey(made.Value),
        });
        Assert.Equal([name], Directory.EnumerateFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(DevelopmentKey.FileName)]
    [InlineData(SecretsKey.FileName)]
    [InlineData(IssuerKey.FileName)]
    public void Key_and_its_folder_are_for_this_user_only(string name)
    {
        var key = ReadOrCreate(name);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key.File));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        }
    }

    [Theory]
    [InlineData(DevelopmentKey.FileName)]
    [InlineData(SecretsKey.FileName)]
    [InlineData(IssuerKey.FileName)]
    public void Starts_at_the_same_moment_get_one_key(string name)
    {
        for (var round = 0; round < 50; round++)
        {
            var keys = new KeyFile[8];
            Parallel.For(0, keys.Length, i => keys[i] = ReadOrCreate(name));

            Assert.Single(keys.Select(k => k.Value).Distinct());
            Assert.Single(keys, k => k.IsNew);
            Assert.Equal([keys[0].File], Directory.GetFiles(_folder));
            File.Delete(keys[0].File);
        }
    }

    [Theory]
    [InlineData(DevelopmentKey.FileName, "emb_live_short")]
    [InlineData(SecretsKey.FileName, "c2hvcnQ=")]
    [InlineData(IssuerKey.FileName, "c2hvcnQ=")]
    [InlineData(IssuerKey.FileName, "no key")]
    public void File_without_a_key_is_refused_by_name_and_not_shown(string name, string content)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, name), content);

        var message = Assert.Throws<LocalHostException>(() => ReadOrCreate(name)).Message;

        Assert.Contains(name, message);
        Assert.DoesNotContain(content, message);
        Assert.Equal(content, File.ReadAllText(Path.Combine(_folder, name)));
    }

    private KeyFile ReadOrCreate(string name) => name switch
    {
        DevelopmentKey.FileName => DevelopmentKey.ReadOrCreate(_folder),
        SecretsKey.FileName => SecretsKey.ReadOrCreate(_folder),
        _ => IssuerKey.ReadOrCreate(_folder),
    };
}
