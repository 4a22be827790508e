using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>
/// A licence header at the top of source files: a given text, or the SPDX line of a named licence or of the one in <c>LICENSE</c>, with that file's line of copyright. It comes after what must
/// stand first (a shebang, an XML declaration, an encoding), and not twice: a file whose first lines say a licence or a copyright is left as it is.
/// </summary>
internal sealed partial class LicenceHeaderRule : RepositoryRule
{
    /// <summary>The lines in which a header is looked for.</summary>
    private const int HeaderLines = 30;

    private const string Noun = "(?:licen[cs]e|copyright) (?:headers?|notices?|comments?)";

    private const string Target =
        $@"(?: (?:to|in|into|on) (?:(?:all|every|each|the) )?(?:of the )?(?:source |code )?(?:files?|code)(?: (?:in|under|of) (?:the )?(?:folder )?(?<where>{Value}))?| (?:to|in|into|on|under) (?<where>{Value}))?";

    private static readonly PromptPattern[] Patterns =
    [
        new($@"^(?:add|insert|put) (?:a |an |the )?{Noun} (?<text>{Quoted}){Target}$"),
        new($@"^(?:add|insert|put) (?:a |an |the )?{Noun}{Target}[: ]+(?<text>{Quoted})$"),
        new($@"^(?:add|insert|put) (?:a |an |the )?{Noun}{Target} (?:with|saying)(?: the text)?[: ]+(?<text>{Quoted})$"),
        new($@"^(?:add|insert|put) (?:a |an |the )?(?:(?<id>[A-Za-z0-9][A-Za-z0-9.+-]*) )?{Noun}{Target}$"),
    ];

    /// <summary>How the texts of common licences begin.</summary>
    private static readonly (string Words, string Id)[] Known =
    [
        ("MIT License", "MIT"), ("The MIT License", "MIT"), ("Apache License Version 2.0", "Apache-2.0"), ("BSD 3-Clause License", "BSD-3-Clause"), ("BSD 2-Clause License", "BSD-2-Clause"),
        ("ISC License", "ISC"), ("Mozilla Public License Version 2.0", "MPL-2.0"), ("GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "AGPL-3.0-only"),
        ("GNU LESSER GENERAL PUBLIC LICENSE Version 3", "LGPL-3.0-only"), ("GNU GENERAL PUBLIC LICENSE Version 3", "GPL-3.0-only"), ("GNU GENERAL PUBLIC LICENSE Version 2", "GPL-2.0-only"),
        ("This is free and unencumbered software", "Unlicense"),
    ];

    /// <inheritdoc/>
    public override string Example => "add an MIT licence header to all files in src";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Patterns) is not { } match)
        {
            return null;
        }

        var header = match.Has("text") ? match["text"].ReplaceLineEndings("\n").Trim('\n').Split('\n') : HeaderOf(match.Maybe("id"), work);
        var within = work.Within(match.Maybe("where"));
        var (written, had) = (0, 0);
        foreach (var (path, file) in work.Texts(path => within(path) && CommentStyle.Of(path) is not null).ToList())
        {
            if (file.Text.Length == 0 || HasHeader(file.Text))
            {
                had++;
            }
            else if (!work.Files.Allows(path))
            {
                work.Leave(path, "not one of the allowed paths");
            }
            else
            {
                work.Write(path, file, Insert(file, CommentStyle.Of(path)!.Write(header)));
                written++;
            }
        }

        var already = had > 0 ? $" {had} had one already or are empty." : "";
        return new RuleResult("Add licence headers", written == 0 ? $"No source file lacks a licence header.{already}" : $"{written} source files got a licence header.{already}");
    }

    private static string[] HeaderOf(string? id, RuleWork work)
    {
        var path = work.Files.Files.Select(file => file.Path).FirstOrDefault(file => file.ToUpperInvariant() is "LICENSE" or "LICENSE.TXT" or "LICENSE.MD" or "LICENCE" or "LICENCE.TXT" or "LICENCE.MD" or "COPYING");
        var words = path is null ? "" : string.Join(' ', work.Open(path).Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var known = Known.FirstOrDefault(licence => words.StartsWith(licence.Words, StringComparison.OrdinalIgnoreCase)).Id;
        var spdx = id ?? known ?? throw RuleWork.Refuse("It is not known which licence is meant: name one, as in: add an MIT licence header, or give its text in quotes.");
        var owner = path is null || (id is not null && known is not null && id != known) ? null
            : work.Open(path).Text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).FirstOrDefault(line => Owner().IsMatch(line));
        return owner is null ? [$"SPDX-License-Identifier: {spdx}"] : [owner, $"SPDX-License-Identifier: {spdx}"];
    }

    private static bool HasHeader(string text) => text.Split('\n', HeaderLines + 1).Take(HeaderLines).Any(line => Licence().IsMatch(line.Length > 500 ? line[..500] : line));

    private static string Insert(TextFile file, IEnumerable<string> header)
    {
        var lines = file.Text.Split('\n');
        var first = 0;
        while (first < lines.Length && first < 2 && MustBeFirst().IsMatch(lines[first].Length > 500 ? lines[first][..500] : lines[first]))
        {
            first++;
        }

        var at = lines.Take(first).Sum(line => line.Length + 1);
        var block = file.Fit(string.Join('\n', header) + "\n");
        if (at > file.Text.Length)
        {
            // The only line has no end.
            return file.Text + file.LineEnd + block;
        }

        var gap = first < lines.Length && string.IsNullOrWhiteSpace(lines[first]) ? "" : file.LineEnd;
        return string.Concat(file.Text.AsSpan(0, at), block, gap, file.Text.AsSpan(at));
    }

    [GeneratedRegex(@"SPDX-License-Identifier|\bcopyright\b|\(c\) [0-9]{4}|\blicen[cs]ed under\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Licence();

    [GeneratedRegex(@"^(?:#!|<\?xml|<\?php|<!DOCTYPE|#.{0,40}coding[:=]|""use strict""|@charset)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MustBeFirst();

    [GeneratedRegex(@"^copyright (?:\(c\) |© )?[0-9]{4}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Owner();
}
