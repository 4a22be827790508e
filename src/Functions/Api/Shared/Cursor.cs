using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query parameters <c>limit</c> and <c>before</c> of lists that are read by place, the latest first.</summary>
public static class Cursor
{
    /// <summary>Reads both; throws <see cref="ProblemException"/> (400) when <c>limit</c> is not a number from 1 to the maximum or <paramref name="parse"/> does not know <c>before</c>.</summary>
    public static (int Limit, T? Before) Read<T>(HttpRequest request, int defaultLimit, int maxLimit, Func<string, T?> parse, string rule)
        where T : struct
    {
        var errors = new List<FieldError>();
        var limit = defaultLimit;
        if (request.Query.TryGetValue("limit", out var limits)
            && !(limits is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= maxLimit))
        {
            errors.Add(new FieldError("limit", $"must be a whole number from 1 to {maxLimit}"));
        }

        T? before = null;
        if (request.Query.TryGetValue("before", out var places) && (places is not [{ } place] || (before = parse(place)) is null))
        {
            errors.Add(new FieldError("before", rule));
        }

        return errors.Count == 0 ? (limit, before) : throw new ProblemException(Problem.Invalid([.. errors]));
    }
}
