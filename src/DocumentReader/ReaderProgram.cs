using System.Text.Json;
using Jobs.Documents.Parsing;

namespace Jobs.DocumentReader;

/// <summary>
/// Reads one document from standard input and writes one line of JSON to standard output: the document, or <c>{"error":{"code","message"}}</c>.
/// <code>
/// Jobs.DocumentReader [--name=NAME] [--type=MEDIA-TYPE]
/// 0   the line is the document
/// 1   the line is an error: the document cannot be read
/// 2   the arguments are wrong; nothing is written
/// 3   there is not enough memory; nothing is written
/// </code>
/// Everything else that it may end with is a fault, of which standard error tells.
/// </summary>
internal static class ReaderProgram
{
    private const int Read = 0;
    private const int Refused = 1;
    private const int WrongArguments = 2;
    private const int NoMemory = 3;

    /// <summary>Deep documents are walked by recursion, within their limits: the main thread's stack is what the system likes.</summary>
    private const int StackBytes = 16 * 1024 * 1024;

    private static int Main(string[] arguments)
    {
        string? name = null;
        string? type = null;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith("--name=", StringComparison.Ordinal))
            {
                name = argument["--name=".Length..];
            }
            else if (argument.StartsWith("--type=", StringComparison.Ordinal))
            {
                type = argument["--type=".Length..];
            }
            else
            {
                return WrongArguments;
            }
        }

        var exitCode = NoMemory;
        var thread = new Thread(() => exitCode = Run(name, type), StackBytes);
        thread.Start();
        thread.Join();
        return exitCode;
    }

    private static int Run(string? name, string? type)
    {
        try
        {
            using var output = Console.OpenStandardOutput();
            try
            {
                using var input = Console.OpenStandardInput();
                // Nobody can cancel a process from within: whoever started it kills it.
                var content = DocumentParser.ReadAsync(input, CancellationToken.None).GetAwaiter().GetResult();
                var document = DocumentParser.Parse(content, name, type, CancellationToken.None);
                ParsedDocumentJson.Write(output, document);
                output.WriteByte((byte)'\n');
                return Read;
            }
            catch (DocumentException e)
            {
                using (var writer = new Utf8JsonWriter(output))
                {
                    writer.WriteStartObject();
                    writer.WriteStartObject("error");
                    writer.WriteString("code", e.Code.Word());
                    writer.WriteString("message", e.Message);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }

                output.WriteByte((byte)'\n');
                Console.Error.WriteLine(e.InnerException);
                return Refused;
            }
        }
        catch (OutOfMemoryException)
        {
            return NoMemory;
        }
    }
}
