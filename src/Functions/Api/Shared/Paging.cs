using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query parameters <c>page</c> and <c>limit</c> of contract 001.</summary>
public sealed record Paging(int Page, int Limit)
{
    /// <summary>The limit when none is given.</summary>
    public const int DefaultLimit = 20;

    /// <summary>The largest limit.</summary>
    public const int MaxLimit = 100;

    /// <summary>The largest page number.</summary>
    public const int MaxPage = 100_000;

    /// <summary>Reads both; throws <see cref="ProblemException"/> (400) when one is not a whole number in its range.</summary>
    public static Paging Read(HttpRequest request)
    {
        var errors = new List<FieldError>();
        var paging = new Paging(ReadNumber(request, "page", 1, MaxPage, errors), ReadNumber(request, "limit", DefaultLimit, MaxLimit, errors));
        return errors.Count == 0 ? paging : throw new ProblemException(Problem.Invalid([.. errors]));
    }

    /// <summary>How many pages <paramref name="total"/> items fill; an empty list has one page, which is empty.</summary>
    public int PagesOf(int total) => Math.Max(1, (total + Limit - 1) / Limit);

    private static int ReadNumber(HttpRequest request, string name, int whenAbsent, int max, List<FieldError> errors)
    {
        if (!request.Query.TryGetValue(name, out var values))
        {
            return whenAbsent;
        }

        if (values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max)
        {
            return number;
        }

        errors.Add(new FieldError(name, $"must be a whole number from 1 to {max}"));
        return whenAbsent;
    }
}
