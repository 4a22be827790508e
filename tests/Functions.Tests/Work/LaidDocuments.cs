using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Documents.Exchange;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>Documents of the tenant "acme" that are laid into storage as an import leaves them, without one.</summary>
internal static class LaidDocuments
{
    public const string JobId = "job_1700000000000_0123456789ab";

    /// <summary>Documents 0 to <paramref name="count"/> - 1, or from <paramref name="from"/> on, a thousand in an artifact; their texts say little, but are all different.</summary>
    public static async Task LayDocumentsAsync(this TestApp app, int count, int characters, int from = 0)
    {
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        var table = app.Services.GetRequiredService<StorageAccount>().Documents;
        await Parallel.ForEachAsync(Enumerable.Range(from, count).Chunk(1_000), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (numbers, cancellation) =>
        {
            var rows = numbers.Select(number => new ImportedRow(number + 1, Document(number, characters), Error: null)).ToList();
            var reference = await artifacts.WriteAsync("acme", JobId, JsonSerializer.SerializeToUtf8Bytes(rows, JsonSerializerOptions.Web), cancellation);
            foreach (var some in rows.Index().Chunk(DocumentStore.MaxDocuments))
            {
                await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(row.Item.Document!, reference, row.Index))), cancellation);
            }
        });
    }

    /// <summary>One document that holds <paramref name="text"/>.</summary>
    public static async Task<string> LayDocumentAsync(this TestApp app, string text)
    {
        var document = Document(0, 1) with { Text = text };
        var reference = await app.Services.GetRequiredService<ArtifactStore>().WriteAsync(
            "acme", JobId, JsonSerializer.SerializeToUtf8Bytes(new[] { new ImportedRow(1, document, Error: null) }, JsonSerializerOptions.Web), CancellationToken.None);
        await app.Services.GetRequiredService<StorageAccount>().Documents.UpsertEntityAsync(Row(document, reference, 0));
        return document.Id;
    }

    private static ImportedDocument Document(int number, int characters)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}")));
        return new ImportedDocument
        {
            Id = id[..32],
            ContentHash = id,
            Title = $"Document {number}",
            Text = string.Concat(Enumerable.Repeat(id, (characters / id.Length) + 1))[..characters],
            GivenId = $"{number}",
        };
    }

    private static TableEntity Row(ImportedDocument document, string reference, int position) => new("acme", document.Id)
    {
        [nameof(StoredDocument.Title)] = document.Title,
        [nameof(StoredDocument.ContentHash)] = document.ContentHash,
        [nameof(StoredDocument.JobId)] = JobId,
        [nameof(StoredDocument.ContentRef)] = reference,
        [nameof(StoredDocument.Position)] = position,
        ["Change"] = nameof(DocumentChange.Created),
        [nameof(StoredDocument.WrittenAt)] = DateTimeOffset.UnixEpoch,
    };
}
