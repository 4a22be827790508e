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

    [Theory]
    [InlineData("")]
    [InlineData("Wbk5MPTfz")]
    [InlineData("Wbk5MPTfzxx")]
    [InlineData("Wbk5MPTf/x")]
    [InlineData("Wbk5MPTfzé")]
    public void IsResourceId_anything_else_is_not_one(string id) => Assert.False(Ids.IsResourceId(id));
}
