using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Domain.Agents;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Writes the files of a planned agent: its code, what it says of itself, a README and the plan.</summary>
public static class AgentWriter
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>All files, by path.</summary>
    public static IReadOnlyDictionary<string, string> Write(AgentPlan plan, AgentParts parts, string name, string? description)
    {
        var does = Sentence(parts.Does);
        var manifest = new AgentManifest(
            name,
            string.IsNullOrWhiteSpace(description) ? does : PromptReader.Clean(description, PromptReader.MaxTextLength),
            JsonSerializer.SerializeToElement(parts.Input),
            JsonSerializer.SerializeToElement(parts.Output),
            parts.Secrets);
        return new SortedDictionary<string, string>(AgentFiles.Program(plan.Settings.Kind, parts.Config).ToDictionary(), StringComparer.Ordinal)
        {
            ["agent.json"] = JsonSerializer.Serialize(manifest, Options) + "\n",
            ["README.md"] = Readme(plan, parts, name, does),
            [AgentPlan.FileName] = plan.ToJson(),
        };
    }

    /// <summary>What the owner must do before the agent works by itself, a sentence each.</summary>
    public static IEnumerable<string> ToDo(AgentPlan plan, AgentParts parts)
    {
        if (parts.Hosts.Count > 0)
        {
            yield return $"An admin must grant it the host {string.Join(", ", parts.Hosts)}.";
        }

        if (parts.Secrets.Count > 0)
        {
            yield return $"Set its secret {string.Join(", ", parts.Secrets)}.";
        }

        if (plan.Cron is { } cron)
        {
            yield return $"To run it at the time you asked for, set its schedule to `{cron}`.";
        }
    }

    private static string Readme(AgentPlan plan, AgentParts parts, string name, string does)
    {
        var text = new StringBuilder();
        void Paragraph(string paragraph) => text.Append(paragraph).Append("\n\n");

        Paragraph($"# {OneLine(name)}");
        Paragraph(OneLine(does));
        foreach (var note in parts.Notes.Concat(parts.Details))
        {
            Paragraph(OneLine(note));
        }

        if (ToDo(plan, parts).ToList() is { Count: > 0 } steps)
        {
            Paragraph("## Before it runs");
            Paragraph(string.Join('\n', steps.Select(step => $"- {step}")));
        }

        Paragraph("## Input");
        Properties(parts.Input, Paragraph);
        Paragraph("For example:");
        Paragraph($"```json\n{parts.Example.ToJsonString(Options)}\n```");
        Paragraph("## Output");
        Properties(parts.Output, Paragraph);
        Paragraph("The code is in `functions/main.ts`, what it is set to in `functions/config.ts`; the schemas of input and output are in `agent.json`. Written by the offline generator, by rules and without a model.");
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Properties(JsonObject schema, Action<string> paragraph)
    {
        var required = schema["required"] is JsonArray names ? names.Select(name => name!.GetValue<string>()).ToHashSet() : [];
        var lines = (schema["properties"] as JsonObject ?? []).Select(property =>
            $"- `{property.Key}`{(required.Contains(property.Key) ? "" : " (optional)")}: {OneLine(property.Value!["description"]?.GetValue<string>() ?? "")}");
        paragraph(string.Join('\n', lines) is { Length: > 0 } list ? list : "Any object.");
    }

    private static string Sentence(string text) => PromptReader.Capitalise(text) + ".";

    /// <summary>Text of a prompt on one line, so that it cannot begin a heading or end a list.</summary>
    private static string OneLine(string text) => text.Replace('\n', ' ');
}
