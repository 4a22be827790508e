using System.Security.Cryptography;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Storage;

/// <summary>What artifacts of any size promise, over any storage.</summary>
public abstract class ArtifactSuite
{
    private readonly string _tenant = $"tenant-{Guid.NewGuid():N}";

    /// <summary>The settings that say where the blobs are.</summary>
    protected virtual string[] Storage => [];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData((9 * 1024 * 1024) + 7)]
    public async Task What_is_written_piece_by_piece_is_read_so_and_written_once(int bytes)
    {
        await using var app = await TestApp.StartAsync(arguments: Storage);
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        var content = RandomNumberGenerator.GetBytes(bytes);
        var reference = Convert.ToHexStringLower(SHA256.HashData(content));
        var writes = 0;

        await WriteAsync();
        await WriteAsync();

        Assert.Equal(1, writes);
        await using var read = await artifacts.OpenReadAsync(_tenant, "job", reference, CancellationToken.None);
        Assert.Equal(bytes, read!.Length);
        Assert.Equal(reference, Convert.ToHexStringLower(await SHA256.HashDataAsync(read)));
        Assert.Null(await artifacts.OpenReadAsync(_tenant, "other", reference, CancellationToken.None));

        Task WriteAsync() => artifacts.WriteAsync(
            _tenant,
            "job",
            reference,
            async (stream, cancellation) =>
            {
                writes++;
                foreach (var piece in content.Chunk(100_000))
                {
                    await stream.WriteAsync(piece, cancellation);
                }
            },
            CancellationToken.None);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9 * 1024 * 1024)]
    public async Task Writing_that_breaks_off_leaves_nothing_and_its_error_is_told(int bytes)
    {
        await using var app = await TestApp.StartAsync(arguments: Storage);
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => artifacts.WriteAsync(
            _tenant,
            "job",
            "reference",
            async (stream, cancellation) =>
            {
                await stream.WriteAsync(new byte[bytes], cancellation);
                throw new InvalidOperationException("It broke off.");
            },
            CancellationToken.None));

        Assert.Equal("It broke off.", error.Message);
        Assert.Null(await artifacts.FindAsync(_tenant, "job", "reference", CancellationToken.None));
    }

    [Fact]
    public async Task Several_that_write_the_same_at_once_all_succeed()
    {
        await using var app = await TestApp.StartAsync(arguments: Storage);
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        var content = RandomNumberGenerator.GetBytes(5 * 1024 * 1024);
        var reference = Convert.ToHexStringLower(SHA256.HashData(content));
        // All of them begin before one of them ends.
        var all = new Barrier(3);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => artifacts.WriteAsync(
            _tenant,
            "job",
            reference,
            async (stream, cancellation) =>
            {
                all.SignalAndWait(TimeSpan.FromSeconds(90), cancellation);
                await stream.WriteAsync(content, cancellation);
            },
            CancellationToken.None))));

        Assert.Equal(content, (await artifacts.ReadAsync(_tenant, "job", reference, CancellationToken.None)).ToArray());
    }

    [Fact]
    public async Task Version_that_was_replaced_meanwhile_is_not_removed()
    {
        await using var app = await TestApp.StartAsync(arguments: Storage);
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        Assert.Null(await artifacts.FindVersionAsync(_tenant, "job", "none", CancellationToken.None));
        var reference = await artifacts.ReplaceAsync(_tenant, "job", "text"u8.ToArray(), CancellationToken.None);
        var before = await artifacts.FindVersionAsync(_tenant, "job", reference, CancellationToken.None);
        await artifacts.ReplaceAsync(_tenant, "job", "text"u8.ToArray(), CancellationToken.None);

        await artifacts.DeleteAsync(_tenant, "job", reference, before!.Value, CancellationToken.None);
        Assert.Equal("text", (await artifacts.FindAsync(_tenant, "job", reference, CancellationToken.None))?.ToString());

        var now = await artifacts.FindVersionAsync(_tenant, "job", reference, CancellationToken.None);
        await artifacts.DeleteAsync(_tenant, "job", reference, now!.Value, CancellationToken.None);
        Assert.Null(await artifacts.FindAsync(_tenant, "job", reference, CancellationToken.None));
        await artifacts.DeleteAsync(_tenant, "job", reference, now.Value, CancellationToken.None);
    }
}
