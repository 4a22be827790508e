using System.Text.Json;
using Jobs.Documents.Embedding;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>How the analyses are done in batches.</summary>
public sealed class AnalysisBatchTests
{
    private static readonly object Document = new { text = "The delivery of slate may be delayed. The roof of the library is renewed in May." };

    public static TheoryData<string, object> Inputs => new()
    {
        { "PARSE_DOCUMENT", Document },
        { "GAP_DETECTION", new { document = Document, requirements = new[] { "The roof is renewed." } } },
        { "RISK_ANALYSIS", new { documents = new[] { Document } } },
        { "REPORT_GENERATION", new { documents = new[] { Document } } },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Plan_and_batch_that_are_done_twice_come_out_the_same(string type, object input)
    {
        await using var app = await AnalysisJobs.StartAsync();
        var (handler, work) = Begin(app, type, input);

        var plan = await handler.PlanAsync(work, default);
        Assert.Equal(plan, await handler.PlanAsync(work, default));
        var batch = Assert.Single(plan);
        Assert.Equal(JsonSerializer.Serialize(await handler.RunAsync(work, batch, default)), JsonSerializer.Serialize(await handler.RunAsync(work, batch, default)));
    }

    [Theory]
    [InlineData(AnalysisBatch.MaxTexts - 1, 1)]
    [InlineData(AnalysisBatch.MaxTexts, 2)]
    public async Task Batch_has_so_many_texts(int sentences, int batches)
    {
        await using var app = await AnalysisJobs.StartAsync();
        var (handler, work) = Begin(app, "GAP_DETECTION", new { document = new { text = Sentences(sentences) }, requirements = new[] { "The work is done." } });

        var plan = await handler.PlanAsync(work, default);

        Assert.Equal((batches, sentences + 1), (plan.Count, plan.Sum(batch => batch.Items)));
    }

    [Fact]
    public async Task Analysis_goes_on_in_the_next_process_and_makes_no_vector_again()
    {
        const int Count = 1_000;
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            string id;
            var first = new StoppingEmbedder(3);
            await using (var app = await AnalysisJobs.StartAsync(first, data))
            {
                var documentId = await app.UploadAsync(System.Text.Encoding.UTF8.GetBytes(Sentences(Count)));
                id = await app.StartJobAsync("RISK_ANALYSIS", new { documents = new[] { new { documentId } } });
                await app.WaitForWorkAsync(id, work => work.Done == 3 * AnalysisBatch.MaxTexts);
            }

            var second = new StoppingEmbedder(int.MaxValue);
            await using var next = await AnalysisJobs.StartAsync(second, data);
            // The next local host is another issuer, so that its users are others: the job is read where it is kept.
            await next.WaitForWorkAsync(id, work => work.Progress == 100);
            var job = (await next.Services.GetRequiredService<JobStore>().FindAsync(id, default))!;
            var result = await next.Services.GetRequiredService<WorkResults>().ReadResultAsync(job, default);

            Assert.Contains($"{Count} of {Count} sentences were read", result!.Value.GetProperty("method").GetString(), StringComparison.Ordinal);
            Assert.Equal(3, first.Made.Count);
            Assert.Empty(first.Made.SelectMany(texts => texts).Intersect(second.Made.SelectMany(texts => texts)));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static string Sentences(int count) => string.Concat(Enumerable.Range(1, count).Select(number => $"The work on part {number} may be late.\n\n"));

    private static (IJobHandler Handler, WorkContext Work) Begin(TestApp app, string type, object input)
    {
        var id = Ids.NewJobId(DateTimeOffset.UnixEpoch);
        var job = new Job
        {
            Id = id,
            Tenant = "acme",
            Owner = AnalysisJobs.Ann,
            Kind = JobKind.Work,
            ResourceId = id,
            InputRef = "x",
            Work = new WorkState(type),
            Message = "Working",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        var services = app.Services;
        return (
            services.GetRequiredService<JobHandlers>().Of(type),
            new WorkContext(
                job,
                new StoredInput(JsonSerializer.SerializeToElement(input), OnlyFailed: false),
                services.GetRequiredService<ArtifactStore>(),
                services.GetRequiredService<WorkResults>(),
                services.GetRequiredService<JobStore>()));
    }

    /// <summary>Makes the vectors of so many batches, and of no further one while its process lives.</summary>
    private sealed class StoppingEmbedder(int batches) : IEmbedder
    {
        private readonly WordEmbedder _words = new();
        private readonly List<IReadOnlyList<string>> _made = [];

        public IReadOnlyList<IReadOnlyList<string>> Made => _made;

        public string Model => _words.Model;

        public int Dimensions => _words.Dimensions;

        public async Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
        {
            bool mayMake;
            lock (_made)
            {
                mayMake = _made.Count < batches;
                if (mayMake)
                {
                    _made.Add(texts);
                }
            }

            await (mayMake ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancellationToken));
            return await _words.EmbedAsync(texts, cancellationToken);
        }
    }
}
