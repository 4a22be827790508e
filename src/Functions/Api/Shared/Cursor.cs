using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query parameters of lists that are read by place: <c>limit</c>, and the place, which is called <c>before</c> in most contracts.</summary>
public static class Cursor
{
    /// <summary>Reads both; throws <see cref="ProblemException"/> (400) when <c>limit</c> is not a number from 1 to the maximum or <paramref name="parse"/> does not know the place.</summary>
    public static (int Limit, T? Before) Read<T>(HttpRequest request, int defaultLimit, int maxLimit, Func<string, T?> parse, string rule, string name = "before")
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
        if (request.Query.TryGetValue(name, out var places) && (places is not [{ } place] || (before = parse(place)) is null))
        {
            errors.Add(new FieldError(name, rule));
        }

        return errors.Count == 0 ? (limit, before) : throw new ProblemException(Problem.Invalid([.. errors]));
    }
}
