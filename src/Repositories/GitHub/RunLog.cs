using System.Globalization;
using System.IO.Compression;
using System.Text;
using Jobs.Domain;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// A run's logs, as GitHub packs them: a file for each job at the top, and folders with a file for each of its steps. What is in the archive was written by whatever ran, so it is read within
/// limits, and as plain text.
/// </summary>
internal static class RunLog
{
    private const int DecodedAtOnce = 64 * 1024;

    /// <summary>The end of the jobs' logs, at most so many characters, without secrets.</summary>
    public static string Read(ReadOnlyMemory<byte> archive, int maxCharacters, Redaction redaction)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(archive.ToArray()), ZipArchiveMode.Read);
            if (zip.Entries.Count > GitHubLimits.LogFiles)
            {
                throw new ForgeException($"The run's log has more than {GitHubLimits.LogFiles} files.", isTransient: false);
            }

            var tail = new Tail(maxCharacters + GitHubLimits.SecretCharacters);
            long unpacked = 0;
            foreach (var entry in JobLogs(zip))
            {
                if (!Append(entry, tail, ref unpacked))
                {
                    break;
                }
            }

            return End(tail, maxCharacters, redaction);
        }
        catch (InvalidDataException error)
        {
            throw new ForgeException("The run's log cannot be read.", isTransient: true, error);
        }
    }

    /// <summary>The files of the jobs in their order; where there is none, those of the steps.</summary>
    private static IEnumerable<ZipArchiveEntry> JobLogs(ZipArchive zip)
    {
        var files = zip.Entries.Where(entry => entry.Name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)).ToList();
        var jobs = files.Where(entry => !entry.FullName.Contains('/') && !entry.FullName.Contains('\\')).ToList();
        return (jobs.Count > 0 ? jobs : files)
            .OrderBy(entry => entry.FullName[..^entry.Name.Length], StringComparer.Ordinal)
            .ThenBy(entry => NumberOf(entry.Name))
            .ThenBy(entry => entry.Name, StringComparer.Ordinal);
    }

    private static long NumberOf(string name) =>
        long.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('_'))), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    /// <summary>Unpacks one file; false once the limit is met. How long it says it is means nothing.</summary>
    private static bool Append(ZipArchiveEntry entry, Tail tail, ref long unpacked)
    {
        using var stream = entry.Open();
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[DecodedAtOnce];
        var letters = new char[Encoding.UTF8.GetMaxCharCount(DecodedAtOnce)];
        for (int length; (length = stream.Read(bytes)) > 0;)
        {
            unpacked += length;
            tail.Append(letters.AsSpan(0, decoder.GetChars(bytes.AsSpan(0, length), letters, flush: false)));
            if (unpacked > GitHubLimits.LogBytes)
            {
                tail.Append($"\n(The log is longer than {GitHubLimits.LogBytes} bytes; the rest is at the run's page.)\n");
                return false;
            }
        }

        return true;
    }

    private static string End(Tail tail, int maxCharacters, Redaction redaction)
    {
        var text = redaction.Apply(Texts.Plain(WithoutColours(tail.Text.Replace("\ufeff", "", StringComparison.Ordinal))));
        if (tail.IsCut)
        {
            // The cut may have gone through a secret, which is then not known for one: the line that was cut goes too.
            var margin = Math.Min(text.Length, GitHubLimits.SecretCharacters);
            var line = text.AsSpan(0, margin).IndexOf('\n');
            text = text[(line < 0 ? margin : line + 1)..];
        }

        if (text.Length <= maxCharacters)
        {
            return text;
        }

        var start = text.Length - maxCharacters;
        return text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }

    /// <summary>Leaves out what tells a terminal how to show the text: from the escape character and <c>[</c> to a letter.</summary>
    private static string WithoutColours(string text)
    {
        if (!text.Contains('\u001b'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\u001b' || at + 1 == text.Length || text[at + 1] != '[')
            {
                result.Append(text[at]);
                continue;
            }

            var end = at + 2;
            while (end < text.Length && text[end] is >= ' ' and <= '?')
            {
                end++;
            }

            at = Math.Min(end, text.Length - 1);
        }

        return result.ToString();
    }

    /// <summary>The last characters of what is appended.</summary>
    private sealed class Tail(int capacity)
    {
        private readonly StringBuilder _text = new();

        public bool IsCut { get; private set; }

        public string Text
        {
            get
            {
                Trim();
                return _text.ToString();
            }
        }

        public void Append(ReadOnlySpan<char> letters)
        {
            _text.Append(letters);
            // Not with every piece, so that each character is moved a bounded number of times.
            if (_text.Length > 2 * capacity)
            {
                Trim();
            }
        }

        private void Trim()
        {
            if (_text.Length > capacity)
            {
                _text.Remove(0, _text.Length - capacity);
                IsCut = true;
            }
        }
    }
}
