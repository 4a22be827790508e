// Has the registered generators build what users ask for, executes it, and prints a score: dotnet run -c Release --project bench/eval
using System.CommandLine;
using Jobs.Eval;
using Jobs.Eval.Cases;
using Jobs.Eval.References;
using Jobs.Local.Host;
using Microsoft.Extensions.Options;

var only = new Option<string[]>("--only") { Description = "Run this case only, by its name in the table; may be repeated.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
only.Validators.Add(result =>
{
    foreach (var unknown in result.Tokens.Select(token => token.Value).Except(EvalCases.All.Select(one => one.Name)))
    {
        result.AddError($"There is no case '{unknown}'. There are: {string.Join(", ", EvalCases.All.Select(one => one.Name))}.");
    }
});
var json = new Option<FileInfo?>("--json") { Description = "Write the results to this file as JSON, too.", HelpName = "FILE" };
var references = new Option<bool>("--references") { Description = "Judge solutions written by hand instead, which must all pass: it is the checks that are tested." };
var caseSeconds = new Option<int>("--case-seconds") { Description = "How long one case may take; after that it is broken.", DefaultValueFactory = _ => 300 };
var minutes = new Option<int>("--minutes") { Description = "How long all of them may take.", DefaultValueFactory = _ => 240 };
var root = new RootCommand("Has the app's generators build what users ask for, executes it in a browser or in the sandbox, and prints a score.") { only, references, json, caseSeconds, minutes };
foreach (var limit in new[] { caseSeconds, minutes })
{
    limit.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
        {
            result.AddError($"{limit.Name} must be from 1 to 10000.");
        }
    });
}

root.SetAction(async (line, _) =>
{
    var names = line.GetValue(only) ?? [];
    var usesReferences = line.GetValue(references);
    var cases = (usesReferences ? ReferenceGenerator.Cases : EvalCases.All).Where(one => names.Length == 0 || names.Contains(one.Name)).ToList();
    var options = new EvalRunOptions(cases, line.GetValue(json), TimeSpan.FromSeconds(line.GetValue(caseSeconds)), TimeSpan.FromMinutes(line.GetValue(minutes)), usesReferences);
    return await EvalRun.RunAsync(options, Console.Out) ? 0 : 1;
});

try
{
    // Signals are the host's: it ends what runs before the process ends.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is LocalHostException or InvalidOperationException or OptionsValidationException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
