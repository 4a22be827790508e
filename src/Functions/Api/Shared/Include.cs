using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query parameter <c>include</c>, which asks for what a published answer does not have.</summary>
public static class Include
{
    /// <summary>Whether <paramref name="part"/>, the one part that there is to ask for, is asked for; throws <see cref="ProblemException"/> (400) for anything else.</summary>
    public static bool Read(HttpRequest request, string part)
    {
        if (!request.Query.TryGetValue("include", out var values))
        {
            return false;
        }

        return values is [{ } value] && value == part ? true : throw new ProblemException(Problem.Invalid(new FieldError("include", $"must be '{part}'")));
    }
}
