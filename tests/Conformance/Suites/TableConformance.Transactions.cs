using Azure;
using Azure.Data.Tables;

namespace Jobs.Conformance.Suites;

public abstract partial class TableConformance
{
    [Fact]
    public async Task Transaction_does_all_its_actions_and_answers_each()
    {
        var a = (await _table.AddEntityAsync(Entity("p", "a", ("X", 1), ("Y", 1)))).Headers.ETag!.Value;
        await _table.AddEntityAsync(Entity("p", "b", ("X", 1), ("Y", 1)));
        await _table.AddEntityAsync(Entity("p", "c"));

        var responses = (await _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpdateMerge, Entity("p", "a", ("X", 2)), a),
            new(TableTransactionActionType.UpdateReplace, Entity("p", "b", ("X", 2)), ETag.All),
            new(TableTransactionActionType.Delete, Entity("p", "c")),
            new(TableTransactionActionType.Add, Entity("p", "d", ("X", 4L))),
            new(TableTransactionActionType.UpsertMerge, Entity("p", "e", ("X", 5.5))),
            new(TableTransactionActionType.UpsertReplace, Entity("p", "f ü'%", ("X", "sechs"))),
        ])).Value;

        var read = (await Query("PartitionKey eq 'p'")).ToDictionary(entity => entity.RowKey);
        Assert.Equal(["a", "b", "d", "e", "f ü'%"], read.Keys);
        Assert.Equal((2, 1), (read["a"].GetInt32("X"), read["a"].GetInt32("Y")));
        Assert.Equal((2, null), (read["b"].GetInt32("X"), read["b"].GetInt32("Y")));
        Assert.Equal(4L, read["d"].GetInt64("X"));
        Assert.Equal(5.5, read["e"].GetDouble("X"));
        Assert.Equal("sechs", read["f ü'%"].GetString("X"));
        Assert.All(responses, response => Assert.Equal(204, response.Status));
        Assert.Equal(
            [read["a"].ETag, read["b"].ETag, null, read["d"].ETag, read["e"].ETag, read["f ü'%"].ETag],
            responses.Select(response => response.Headers.ETag));
    }

    [Theory]
    [InlineData(TableTransactionActionType.Add, "taken", false, 409, "EntityAlreadyExists")]
    [InlineData(TableTransactionActionType.UpdateMerge, "taken", true, 412, "UpdateConditionNotSatisfied")]
    [InlineData(TableTransactionActionType.UpdateReplace, "none", false, 404, "ResourceNotFound")]
    [InlineData(TableTransactionActionType.Delete, "none", false, 404, "ResourceNotFound")]
    [InlineData(TableTransactionActionType.Delete, "taken", true, 412, "UpdateConditionNotSatisfied")]
    public async Task Transaction_with_a_refused_action_does_nothing_and_names_it(
        TableTransactionActionType action, string row, bool withOldETag, int status, string code)
    {
        var old = (await _table.AddEntityAsync(Entity("p", "taken", ("X", 1)))).Headers.ETag!.Value;
        await _table.UpsertEntityAsync(Entity("p", "taken", ("X", 2)));

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Entity("p", "new")),
            new(TableTransactionActionType.UpsertReplace, Entity("p", "other")),
            new(action, Entity("p", row, ("X", 3)), withOldETag ? old : ETag.All),
            new(TableTransactionActionType.Add, Entity("p", "late")),
        ]));

        Assert.Equal((2, status, code), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        var only = Assert.Single(await Query("PartitionKey eq 'p'"));
        Assert.Equal(("taken", 2), (only.RowKey, only.GetInt32("X")));
    }

    [Fact]
    public async Task Racing_transactions_of_one_version_have_one_winner_and_leave_no_half()
    {
        var etag = (await _table.AddEntityAsync(Entity("p", "status"))).Headers.ETag!.Value;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Status(() => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpdateMerge, Entity("p", "status", ("Winner", i)), etag),
            new(TableTransactionActionType.Add, Entity("p", $"event-{i}")),
        ]), success: 202)));

        var winner = Array.IndexOf(outcomes, 202);
        Assert.Equal(1, outcomes.Count(status => status == 202));
        Assert.Equal(9, outcomes.Count(status => status == 412));
        Assert.Equal([$"event-{winner}", "status"], (await Query("PartitionKey eq 'p'")).Select(entity => entity.RowKey));
        Assert.Equal(winner, (await Get("p", "status")).GetInt32("Winner"));
    }

    [Fact]
    public async Task Transaction_has_at_most_a_hundred_actions()
    {
        await _table.SubmitTransactionAsync(Actions(100));

        if (differences.AnswersTooManyActionsUnreadably)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _table.SubmitTransactionAsync(Actions(101)));
        }
        else
        {
            // The service names the last that it would have taken.
            var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(Actions(101)));
            Assert.Equal((99, 400, "InvalidInput"), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        }

        Assert.Equal(100, (await Query(null)).Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _table.SubmitTransactionAsync([]));

        static IEnumerable<TableTransactionAction> Actions(int count) =>
            Enumerable.Range(0, count).Select(i => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Entity("p", $"{i}")));
    }

    [Fact]
    public async Task Transaction_over_two_partitions_is_refused()
    {
        TableTransactionAction[] actions = [new(TableTransactionActionType.Add, Entity("p", "a")), new(TableTransactionActionType.Add, Entity("q", "a"))];
        if (differences.AcceptsTransactionsOverPartitions)
        {
            await _table.SubmitTransactionAsync(actions);
            return;
        }

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(actions));

        Assert.Equal((1, 400, "CommandsInBatchActOnDifferentPartitions"), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        Assert.Empty(await Query(null));
    }

    [Fact]
    public async Task Transaction_with_one_entity_twice_is_refused()
    {
        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, Entity("p", "a")), new(TableTransactionActionType.UpsertMerge, Entity("p", "a"))]));

        Assert.Equal((1, 400, "InvalidDuplicateRow"), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        Assert.Empty(await Query(null));
    }

    [Fact]
    public async Task Transaction_has_at_most_four_mebibytes()
    {
        await _table.SubmitTransactionAsync(Actions(60));
        await Refused(413, "RequestBodyTooLarge", () => _table.SubmitTransactionAsync(Actions(70)));
        Assert.Equal(60, (await Query(null)).Count);

        static IEnumerable<TableTransactionAction> Actions(int count) => Enumerable.Range(0, count).Select(i => new TableTransactionAction(
            TableTransactionActionType.UpsertReplace, Entity("p", $"{i}", ("A", new string('a', 32_000)), ("B", new string('b', 32_000)))));
    }

    [Fact]
    public async Task Transaction_update_without_an_ETag_inserts_what_is_not_there()
    {
        // The client sends no If-Match then, which is an upsert: whoever means an update gives an ETag.
        await _table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, Entity("p", "r", ("A", 1)))]);

        Assert.Equal(1, (await Get("p", "r")).GetInt32("A"));
    }
}
