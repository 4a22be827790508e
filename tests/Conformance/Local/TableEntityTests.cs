using Azure;
using Azure.Data.Tables;

namespace Jobs.Conformance.Local;

public sealed class TableEntityTests
{
    [Fact]
    public void Getter_of_a_missing_or_null_property_is_null()
    {
        var entity = new TableEntity { ["Null"] = null };

        Assert.Null(entity.GetString("Null"));
        Assert.Null(entity.GetInt32("None"));
        Assert.Null(entity.GetInt64("None"));
        Assert.Null(entity.GetDouble("None"));
        Assert.Null(entity.GetBoolean("None"));
        Assert.Null(entity.GetDateTimeOffset("None"));
        Assert.Null(entity.GetGuid("None"));
        Assert.Null(entity.GetBinary("None"));
        Assert.Null(entity["None"]);
        Assert.Null(entity.Timestamp);
        Assert.Equal(default, entity.ETag);
    }

    [Fact]
    public void Getter_of_another_type_throws()
    {
        var entity = new TableEntity { ["Text"] = "5", ["Int"] = 5, ["Long"] = 5L };

        Assert.Throws<InvalidOperationException>(() => entity.GetInt32("Text"));
        Assert.Throws<InvalidOperationException>(() => entity.GetString("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetInt64("Int"));
        Assert.Throws<InvalidOperationException>(() => entity.GetInt32("Long"));
        Assert.Throws<InvalidOperationException>(() => entity.GetDateTimeOffset("Text"));
    }

    [Fact]
    public void Setter_widens_numbers_and_refuses_other_changes_of_type()
    {
        var entity = new TableEntity { ["Int"] = 1, ["Long"] = 1L, ["Double"] = 1.5, ["Text"] = "a" };

        entity["Long"] = 2;
        entity["Double"] = 2;
        entity["Int"] = 3L;

        Assert.Equal((2L, 2.0, 3L), (entity.GetInt64("Long"), entity.GetDouble("Double"), entity.GetInt64("Int")));
        Assert.Throws<InvalidOperationException>(() => entity["Text"] = 1);
        Assert.Throws<InvalidOperationException>(() => entity["Double"] = "x");
    }

    [Fact]
    public void Keys_timestamp_and_ETag_are_entries()
    {
        var entity = new TableEntity("p", "r") { ETag = new ETag("W/\"1\""), Timestamp = DateTimeOffset.UnixEpoch };

        Assert.Equal(["PartitionKey", "RowKey", "odata.etag", "Timestamp"], entity.Keys);
        Assert.Equal("W/\"1\"", entity.ETag.ToString());
        Assert.Equal("p", entity["PartitionKey"]);
    }
}
