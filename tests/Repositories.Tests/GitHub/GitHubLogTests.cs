using System.IO.Compression;
using System.Net;
using System.Text;
using Jobs.Domain.Repositories;
using Jobs.Execution.Egress;
using Jobs.Repositories.GitHub;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>The log of a run: a redirect to an archive elsewhere.</summary>
public sealed class GitHubLogTests : IAsyncLifetime
{
    private const string Archive = "https://productionresultssa0.blob.core.windows.net/actions-results/logs.zip?se=2030&sig=secret";
    private GitHubForgeFixture _github = null!;

    private GitHubServer Server => _github.Server;

    public async Task InitializeAsync()
    {
        _github = await GitHubForgeFixture.StartAsync();
        RedirectTo(Archive);
    }

    public async Task DisposeAsync() => await _github.DisposeAsync();

    [Fact]
    public async Task Log_is_that_of_the_jobs_in_their_order_without_colours_and_marks()
    {
        Serve(Zip(
            ("1_publish.txt", "\ufeffpull request\r\n"),
            ("0_work.txt", "\ufeff2030-01-01T00:00:00.0000000Z \u001b[36;1mJob completed successfully\u001b[0m \u202eevil\u0007\n"),
            ("work/1_Set up job.txt", "not this"),
            ("10_last.txt", "the end")));

        Assert.Equal("2030-01-01T00:00:00.0000000Z Job completed successfully evil\npull request\nthe end", await ReadAsync());
        Assert.Equal((Archive, GitHubLimits.LogArchiveBytes), (_github.Download.Asked.Single().Address.AbsoluteUri, _github.Download.Asked.Single().MaxBytes));
        Assert.Equal("/repos/octo-org/reports/actions/runs/7/logs", Assert.Single(Server.Calls).Path);
    }

    [Fact]
    public async Task Log_that_has_only_the_steps_files_is_read_from_those()
    {
        Serve(Zip(("work/2_b.txt", "b\n"), ("work/10_c.txt", "c\n"), ("work/1_a.txt", "a\n"), ("work/system.json", "{}")));

        Assert.Equal("a\nb\nc\n", await ReadAsync());
    }

    [Fact]
    public async Task Archive_on_githubs_own_host_is_fetched_without_the_credential()
    {
        var log = Zip(("0_work.txt", "done"));
        Server.Instead = (request, _) => Task.FromResult<Reply?>(request.Path == "/storage/logs.zip"
            ? new Reply(200, log, "application/zip")
            : new Reply(302, null).With("Location", new Uri(Server.Address, "/storage/logs.zip?sig=1").AbsoluteUri));

        Assert.Equal("done", await ReadAsync());
        Assert.Equal([$"Bearer {GitHubServer.PersonalToken}", ""], Server.Calls.Select(call => call.Authorization));
        Assert.Empty(_github.Download.Asked);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://localhost/logs.zip")]
    [InlineData("https://inside.example/logs.zip")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:password@files.example/logs.zip")]
    public async Task Redirect_to_an_address_that_is_not_public_is_not_followed(string location)
    {
        RedirectTo(location);
        var connections = 0;
        var web = new PublicWebFactory(
            new EgressOptions
            {
                Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.7") }),
                Connect = (_, _, _) =>
                {
                    connections++;
                    throw new System.Net.Sockets.SocketException();
                },
            },
            LocalHosts.None);
        using var forge = new GitHubForge(_github.Options, _github.Time, new GuardedDownload(web), new LocalGitHub(Server.Address));

        var error = await Assert.ThrowsAsync<ForgeException>(() => forge.ReadLogAsync(GitHubForgeFixture.Registered, 7, 1_000, default));

        Assert.False(error.IsTransient);
        Assert.Equal(0, connections);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Log_that_is_gone_is_none(int status)
    {
        _github.Download.Bodies[Archive] = new PublicBody(status, default, IsCut: false);
        var gone = await ReadAsync();
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(status, """{"message":"Not Found"}"""));

        Assert.Null(gone);
        Assert.Null(await ReadAsync());
    }

    [Fact]
    public async Task Archive_that_cannot_be_fetched_or_read_is_transient()
    {
        _github.Download.Bodies[Archive] = new PublicBody(403, default, IsCut: false);
        var refused = await Assert.ThrowsAsync<ForgeException>(ReadAsync);
        _github.Download.Bodies[Archive] = new PublicBody(200, "PK no archive"u8.ToArray(), IsCut: false);
        var broken = await Assert.ThrowsAsync<ForgeException>(ReadAsync);

        Assert.True(refused.IsTransient);
        Assert.True(broken.IsTransient);
    }

    [Fact]
    public async Task Archive_beyond_the_limit_is_named_and_not_read()
    {
        _github.Download.Bodies[Archive] = new PublicBody(200, Zip(("0_work.txt", "done")), IsCut: true);

        Assert.Equal($"The log has more than {GitHubLimits.LogArchiveBytes} bytes and is at the run's page only.", await ReadAsync());
    }

    [Fact]
    public async Task Archive_beyond_the_limit_on_githubs_own_host_is_named_and_not_read()
    {
        Server.Instead = (request, _) => Task.FromResult<Reply?>(request.Path == "/storage/logs.zip"
            ? new Reply(200, new byte[GitHubLimits.LogArchiveBytes + 1], "application/zip")
            : new Reply(302, null).With("Location", new Uri(Server.Address, "/storage/logs.zip").AbsoluteUri));

        Assert.Equal($"The log has more than {GitHubLimits.LogArchiveBytes} bytes and is at the run's page only.", await ReadAsync());
    }

    [Fact]
    public async Task Archive_is_unpacked_up_to_the_limit_and_cut_off_past_it()
    {
        Serve(Lines(GitHubLimits.LogBytes));
        Assert.Equal(new string('\n', 1_000), await ReadAsync());

        Serve(Lines(GitHubLimits.LogBytes + 1));
        Assert.EndsWith($"(The log is longer than {GitHubLimits.LogBytes} bytes; the rest is at the run's page.)\n", await ReadAsync(), StringComparison.Ordinal);

        static byte[] Lines(int count)
        {
            using var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                using var entry = zip.CreateEntry("0_work.txt", CompressionLevel.Fastest).Open();
                var piece = Encoding.UTF8.GetBytes(new string('\n', 1024 * 1024));
                for (var left = count; left > 0; left -= piece.Length)
                {
                    entry.Write(piece.AsSpan(0, Math.Min(left, piece.Length)));
                }
            }

            return stream.ToArray();
        }
    }

    [Fact]
    public async Task Archive_with_too_many_files_is_refused_and_one_at_the_limit_is_read()
    {
        var files = Enumerable.Range(0, GitHubLimits.LogFiles).Select(number => ($"{number}_x.txt", "x")).ToArray();
        Serve(Zip(files));
        Assert.Equal(GitHubLimits.LogFiles, (await ReadAsync())!.Length);
        Serve(Zip([.. files, ("more.txt", "x")]));

        Assert.False((await Assert.ThrowsAsync<ForgeException>(ReadAsync)).IsTransient);
    }

    [Fact]
    public async Task Only_the_end_is_given_and_no_half_of_a_letter()
    {
        Serve(Zip(("0_work.txt", string.Concat(Enumerable.Range(0, 5_000).Select(number => $"line {number} 😀\n")))));

        for (var length = 20; length < 24; length++)
        {
            var log = await _github.Forge.ReadLogAsync(GitHubForgeFixture.Registered, 7, length, default);
            Assert.InRange(log!.Length, length - 1, length);
            Assert.EndsWith("line 4999 😀\n", log, StringComparison.Ordinal);
            Assert.False(char.IsLowSurrogate(log[0]));
        }
    }

    [Fact]
    public async Task Secrets_are_taken_out()
    {
        Serve(Zip(("0_work.txt", $"{GitHubServer.PersonalToken} {_github.Options.WebhookSecret} ghs_16C7e42F292c6912E7710c838347Ae178B4a *** done")));

        Assert.Equal("*** *** *** *** done", await ReadAsync());
    }

    [Fact]
    public async Task Secret_that_the_cut_goes_through_is_not_shown_in_part()
    {
        var token = GitHubServer.PersonalToken;
        for (var shift = 0; shift <= token.Length; shift++)
        {
            // Without a line's end, so that only the margin can help.
            Serve(Zip(("0_work.txt", token + new string('x', 1_000 + GitHubLimits.SecretCharacters - shift))));

            var log = await ReadAsync();

            Assert.True(log is not null && log.All(letter => letter == 'x'), log?[..80]);
        }
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open(), new UTF8Encoding(false));
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }

    private void RedirectTo(string location) => Server.Instead = (_, _) => Task.FromResult<Reply?>(new Reply(302, null).With("Location", location));

    private void Serve(byte[] zip) => _github.Download.Bodies[Archive] = new PublicBody(200, zip, IsCut: false);

    private Task<string?> ReadAsync() => _github.Forge.ReadLogAsync(GitHubForgeFixture.Registered, 7, 1_000, default);

    /// <summary>The egress guard as the app puts it in.</summary>
    private sealed class GuardedDownload(PublicWebFactory factory) : IPublicDownload
    {
        public async Task<PublicBody> GetAsync(Uri address, int maxBytes, CancellationToken cancellationToken)
        {
            using var web = factory.Create("Jobs");
            try
            {
                var answer = await web.GetAsync(address.AbsoluteUri, maxBytes, cancellationToken);
                return new PublicBody(answer.Status, answer.Body, answer.IsBodyCut);
            }
            catch (EgressException error)
            {
                throw new ForgeException("The run's log is at an address that cannot be read.", isTransient: error.Failure is not EgressFailure.Refused, error);
            }
        }
    }
}
