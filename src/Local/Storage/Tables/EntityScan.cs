using System.Text;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// The part of the index that a filter and a continuation leave to be read. Only the first bound that the index can use matters; the rest saves rows.
/// </summary>
internal static class EntityScan
{
    /// <summary>The statement and its arguments.</summary>
    public static (string Sql, object[] Arguments) Build(long tableId, ODataFilter filter, (string PartitionKey, string RowKey)? from)
    {
        var sql = new StringBuilder("SELECT partition_key, row_key, timestamp, properties FROM entities WHERE table_id = $0");
        List<object> arguments = [tableId];
        Bound("partition_key", filter.PartitionKeys);
        Bound("row_key", filter.RowKeys);
        if (from is { } first)
        {
            if (filter.PartitionKeys.Single == first.PartitionKey)
                And("row_key >=", first.RowKey);
            else
                sql.Append($" AND (partition_key, row_key) >= (${Argument(first.PartitionKey)}, ${Argument(first.RowKey)})");
        }

        sql.Append(" ORDER BY partition_key, row_key");
        return (sql.ToString(), [.. arguments]);

        void Bound(string column, KeyRange range)
        {
            if (range.Single is { } key)
            {
                And($"{column} =", key);
                return;
            }

            if (range.Lower is { } lower)
                And(column + (range.LowerInclusive ? " >=" : " >"), lower);
            if (range.Upper is { } upper)
                And(column + (range.UpperInclusive ? " <=" : " <"), upper);
        }

        void And(string comparison, string argument) => sql.Append($" AND {comparison} ${Argument(argument)}");

        int Argument(string argument)
        {
            arguments.Add(argument);
            return arguments.Count - 1;
        }
    }
}
