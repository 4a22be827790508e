using Azure;
using Azure.Storage.Blobs.Models;

namespace Jobs.Conformance.Suites;

public abstract partial class BlobConformance
{
    public static TheoryData<string> AwkwardNames { get; } =
    [
        "UPPER and lower",
        "folder/file.txt",
        "folder//file",
        ".hidden",
        "a..b",
        "percent %2F %2e%2e plus + and & = ; , : @ $ ! * ( ) [ ] ' ~ ?query #fragment",
        "Grüße/世界/emoji 🎉",
        ".../dots",
        "con",
        new string('n', 1024),
        string.Concat(Enumerable.Repeat("Ü/", 500)) + "end",
    ];

    [Theory]
    [MemberData(nameof(AwkwardNames))]
    public async Task Awkward_name_is_written_read_listed_and_deleted(string name)
    {
        await Blob(name).UploadAsync(BinaryData.FromString(name));

        Assert.Equal(name, await Read(name));
        Assert.Equal([name], (await List("")).Select(item => item.Name));
        Assert.Equal([name], (await List(name[..1])).Select(item => item.Name));
        Assert.True((await Blob(name).DeleteIfExistsAsync()).Value);
        Assert.Empty(await List(""));
    }

    [Fact]
    public async Task Names_that_differ_in_case_or_in_encoding_are_different_blobs()
    {
        string[] names = ["a/b", "A/b", "a%2fb", "a%2Fb", "a~b", "a%b"];
        foreach (var name in names)
            await Blob(name).UploadAsync(BinaryData.FromString(name));

        foreach (var name in names)
            Assert.Equal(name, await Read(name));
        Assert.Equal(names.Order(StringComparer.Ordinal), (await List("")).Select(item => item.Name));
    }

    [Fact]
    public async Task Listing_has_the_blobs_of_a_prefix_in_order_with_size_and_time()
    {
        foreach (var name in new[] { "b/2", "a/1", "b/1", "b", "b/10", "c" })
            await Blob(name).UploadAsync(BinaryData.FromString(name));

        var items = await List("b/");

        Assert.Equal(["b/1", "b/10", "b/2"], items.Select(item => item.Name));
        Assert.Equal([3, 4, 3], items.Select(item => item.Properties.ContentLength));
        Assert.All(items, item => Assert.InRange(item.Properties.LastModified!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(2)));
        Assert.Empty(await List("none"));
    }

    [Fact]
    public async Task Listing_continues_page_by_page()
    {
        for (var i = 0; i < 7; i++)
            await Blob($"{i}").UploadAsync(BinaryData.FromString("x"));

        var pages = await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).AsPages(null, 3).ToListAsync();
        var rest = await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).AsPages(pages[0].ContinuationToken, 3).ToListAsync();

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Equal(["3", "4", "5", "6"], rest.SelectMany(page => page.Values).Select(item => item.Name));
    }

    [Theory]
    [InlineData("ends.")]
    [InlineData("back\\slash")]
    [InlineData("line\nbreak")]
    public async Task Name_that_the_service_would_change_is_400(string name) =>
        await Refused(400, "InvalidResourceName", () => Blob(name).UploadAsync(BinaryData.FromString("x")), differences.AcceptsAnyBlobName);

    [Fact]
    public async Task Name_has_at_most_1024_characters()
    {
        await Blob(new string('a', 1024)).UploadAsync(BinaryData.FromString("x"));
        await Refused(400, "InvalidResourceName", () => Blob(new string('a', 1025)).UploadAsync(BinaryData.FromString("x")), differences.AcceptsAnyBlobName);
    }

    [Theory]
    [InlineData("ab", "OutOfRangeInput")]
    [InlineData("UPPER", "InvalidResourceName")]
    [InlineData("-a-", "InvalidResourceName")]
    [InlineData("a--b", "InvalidResourceName")]
    [InlineData("a_b", "InvalidResourceName")]
    public async Task Container_name_that_is_not_allowed_is_400(string name, string code) =>
        await Refused(400, code, () => service.GetBlobContainerClient(name).CreateAsync());

    [Fact]
    public async Task Container_name_has_3_to_63_characters()
    {
        var longest = $"c-{Guid.NewGuid():N}{Guid.NewGuid():N}"[..63];
        await service.GetBlobContainerClient($"c{Guid.NewGuid():N}"[..3]).CreateIfNotExistsAsync();
        await service.GetBlobContainerClient(longest).CreateAsync();

        await Refused(400, "OutOfRangeInput", () => service.GetBlobContainerClient(longest + "x").CreateAsync());
    }

    [Fact]
    public async Task Listing_by_a_delimiter_has_folders_and_their_blobs_page_by_page()
    {
        foreach (var name in new[] { "a/1", "a/2", "b", "c/d/1", "c/e", "d" })
            await Blob(name).UploadAsync(BinaryData.FromString(name));

        Assert.Equal(["a/", "b", "c/", "d"], Names(await Hierarchy(null).ToListAsync()));
        Assert.Equal(["c/d/", "c/e"], Names(await Hierarchy("c/").ToListAsync()));
        var pages = await Hierarchy(null).AsPages(null, 1).ToListAsync();
        Assert.Equal(["a/", "b", "c/", "d"], Names(pages.SelectMany(page => page.Values)));
        Assert.True(pages.Count >= 4);

        AsyncPageable<BlobHierarchyItem> Hierarchy(string? prefix) => _container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix, CancellationToken.None);

        static IEnumerable<string> Names(IEnumerable<BlobHierarchyItem> items) => items.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Listing_has_the_metadata_that_was_asked_for()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["key"] = "value" } });

        Assert.Equal("value", Assert.Single(await _container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, "", CancellationToken.None).ToListAsync()).Metadata["key"]);
        Assert.Empty(Assert.Single(await List("")).Metadata ?? new Dictionary<string, string>());
    }

    [Fact]
    public async Task Containers_are_listed_by_prefix_page_by_page()
    {
        var prefix = $"l{Guid.NewGuid():N}";
        foreach (var end in new[] { "-a", "-b", "-c" })
            await service.CreateBlobContainerAsync(prefix + end);

        var pages = await service.GetBlobContainersAsync(BlobContainerTraits.None, BlobContainerStates.None, prefix, CancellationToken.None).AsPages(null, 2).ToListAsync();

        Assert.Equal([2, 1], pages.Select(page => page.Values.Count));
        Assert.Equal([$"{prefix}-a", $"{prefix}-b", $"{prefix}-c"], pages.SelectMany(page => page.Values).Select(container => container.Name));
    }
}
