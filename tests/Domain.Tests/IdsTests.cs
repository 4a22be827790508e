namespace Jobs.Domain.Tests;

public sealed class IdsTests
{
    [Fact]
    public void NewJobId_has_the_documented_form()
    {
        var id = Ids.NewJobId(DateTimeOffset.FromUnixTimeMilliseconds(1776081418601));

        Assert.Matches("^job_1776081418601_[0-9a-f]{12}$", id);
        Assert.True(Ids.IsJobId(id));
    }

    [Fact]
    public void NewResourceId_has_ten_letters_or_digits_and_does_not_repeat()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => Ids.NewResourceId()).ToHashSet();

        Assert.Equal(10_000, ids.Count);
        Assert.All(ids, id => Assert.True(Ids.IsResourceId(id)));
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9]{10}$", id));
    }

    [Fact]
    public void NewBuildId_is_the_builders_name_and_a_uuid() =>
        Assert.Matches("^EmbeddableAppBuilder:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", Ids.NewBuildId());

    [Theory]
    [InlineData("")]
    [InlineData("job_")]
    [InlineData("job__b5049f7fd47c")]
    [InlineData("job_1776081418601_b5049f7fd47")]
    [InlineData("job_1776081418601_b5049f7fd47c0")]
    [InlineData("job_1776081418601_B5049F7FD47C")]
    [InlineData("job_17760814186012345_b5049f7fd47c")]
    [InlineData("job_177608141860x_b5049f7fd47c")]
    [InlineData("JOB_1776081418601_b5049f7fd47c")]
    [InlineData("job_1776081418601_b5049f7fd47c|0000000001")]
    [InlineData("job_١٧٧٦_b5049f7fd47c")]
    public void IsJobId_anything_else_is_not_one(string id) => Assert.False(Ids.IsJobId(id));

    [Fact]
    public void NewJobUuid_is_of_version_7_and_begins_with_its_time()
    {
        var id = Ids.NewJobUuid(DateTimeOffset.FromUnixTimeMilliseconds(1776081418601));

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id);
        Assert.True(Ids.IsJobId(id));
        Assert.Equal(1776081418601, Ids.MillisecondsOf(id));
    }

    [Theory]
    [InlineData("job_1776081418601_b5049f7fd47c", 1776081418601)]
    [InlineData("job_0_000000000000", 0L)]
    [InlineData("job_9999999999999999_000000000000", 9999999999999999)]
    [InlineData("019d85a0-5b29-7abc-8def-0123456789ab", 1776063372073)]
    [InlineData("00000000-0000-7000-8000-000000000000", 0L)]
    [InlineData("ffffffff-ffff-7fff-bfff-ffffffffffff", 281474976710655)]
    public void MillisecondsOf_is_the_time_of_either_form(string id, long expected) => Assert.Equal(expected, Ids.MillisecondsOf(id));

    [Theory]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("019D85A0-5B29-7ABC-8DEF-0123456789AB")]
    [InlineData("019d85a0-5b29-7abc-8def-0123456789a")]
    [InlineData("019d85a0-5b29-7abc-8def-0123456789abc")]
    [InlineData("019d85a05b297abc8def0123456789ab")]
    [InlineData("{19d85a0-5b29-7abc-8def-0123456789a}")]
    [InlineData("019d85a0-5b29-7abc-8def-0123456789ag")]
    [InlineData("019d85a0_5b29_7abc_8def_0123456789ab")]
    public void MillisecondsOf_a_UUID_that_we_do_not_issue_is_none(string id) => Assert.Null(Ids.MillisecondsOf(id));

    [Theory]
    [InlineData("550e8400-e29b-41d4-a716-446655440000", true)]
    [InlineData("550E8400-E29B-41D4-A716-446655440000", true)]
    [InlineData(" 550e8400-e29b-41d4-a716-44665544000", false)]
    [InlineData("0x0e8400-e29b-41d4-a716-446655440000", false)]
    [InlineData("+50e8400-e29b-41d4-a716-446655440000", false)]
    [InlineData("550e8400-e29b-41d4-a716-44665544000", false)]
    public void IsUuid_is_of_any_version_and_either_case(string text, bool expected) => Assert.Equal(expected, Ids.IsUuid(text));

    [Theory]
    [InlineData("")]
    [InlineData("Wbk5MPTfz")]
    [InlineData("Wbk5MPTfzxx")]
    [InlineData("Wbk5MPTf/x")]
    [InlineData("Wbk5MPTfzé")]
    public void IsResourceId_anything_else_is_not_one(string id) => Assert.False(Ids.IsResourceId(id));

    [Fact]
    public void NewRepositoryJobId_has_eight_small_letters_or_digits_and_is_a_jobs_id_without_a_time()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => Ids.NewRepositoryJobId()).ToHashSet();

        Assert.Equal(1_000, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[a-z0-9]{8}$", id));
        Assert.All(ids, id => Assert.True(Ids.IsJobId(id) && Ids.IsRepositoryJobId(id) && Ids.MillisecondsOf(id) is null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc1234")]
    [InlineData("abc123456")]
    [InlineData("ABC12345")]
    [InlineData("abc1234é")]
    [InlineData("abc/1234")]
    [InlineData("abc_1234")]
    public void IsRepositoryJobId_anything_else_is_not_one(string id) => Assert.False(Ids.IsRepositoryJobId(id));
}
