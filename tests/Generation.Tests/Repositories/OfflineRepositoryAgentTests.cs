using System.Text;
using Jobs.Domain.Repositories;
using Jobs.Generation.Offline.Repositories.Rules;
using Jobs.Generation.Repositories;
using static Jobs.Generation.Tests.Repositories.OfflineWork;

namespace Jobs.Generation.Tests.Repositories;

public sealed class OfflineRepositoryAgentTests
{
    [Theory]
    [InlineData("add a daily report for today", "reports/daily-2024-03-05.md", "# Daily report of 2024-03-05\n")]
    [InlineData("Please create the daily report.", "reports/daily-2024-03-05.md", "# Daily report of 2024-03-05\n")]
    [InlineData("write a daily status report for yesterday", "reports/daily-2024-03-04.md", "# Daily report of 2024-03-04\n")]
    [InlineData("add a daily report for 2023-12-31", "reports/daily-2023-12-31.md", "# Daily report of 2023-12-31\n")]
    [InlineData("add a weekly report for this week", "reports/weekly-2024-W10.md", "# Weekly report of 2024-W10\n")]
    [InlineData("add a weekly report for 2024-12-31", "reports/weekly-2025-W01.md", "# Weekly report of 2025-W01\n")]
    [InlineData("add a monthly report for last month", "reports/monthly-2024-02.md", "# Monthly report of 2024-02\n")]
    public void Dated_report_is_made_of_our_template(string instruction, string path, string beginning)
    {
        var edits = Do(new FakeTree(), instruction);

        Assert.StartsWith(beginning, Written(edits, path), StringComparison.Ordinal);
        Assert.DoesNotContain("{{", Written(edits, path), StringComparison.Ordinal);
        Assert.Single(edits.Changes);
    }

    [Fact]
    public void Dated_report_is_made_of_the_repositorys_own_template()
    {
        var edits = Do(new FakeTree().Add("reports/template.md", "{{kind}} {{date}} {{period}}\r\n{{title}}\r\n"), "add a weekly report");

        Assert.Equal("weekly 2024-03-05 2024-W10\r\nWeekly report of 2024-W10\r\n", Written(edits, "reports/weekly-2024-W10.md"));
        Assert.Equal("Add the weekly report of 2024-W10", edits.Title);
    }

    [Fact]
    public void Report_that_is_there_is_left_and_the_summary_says_why_nothing_was_changed()
    {
        var edits = Do(new FakeTree().Add("reports/daily-2024-03-05.md", "mine"), "add a daily report for today");

        Assert.Empty(edits.Changes);
        Assert.Equal("reports/daily-2024-03-05.md is there already. Nothing had to be changed.", edits.Summary);
    }

    [Theory]
    [InlineData("create notes/a.md with content \"Hello and bye; really\"", "notes/a.md", "Hello and bye; really\n")]
    [InlineData("create the file Makefile with 'all:'", "Makefile", "all:\n")]
    [InlineData("create a file a.txt: it's here and there", "a.txt", "it's here and there\n")]
    [InlineData("create a.txt with the following content:\none\ntwo; three\n", "a.txt", "one\ntwo; three\n")]
    [InlineData("create a.sh with the content:\n```sh\n#!/bin/sh\n\necho `date`\n```", "a.sh", "#!/bin/sh\n\necho `date`\n")]
    [InlineData("Add a new file called \"a b.txt\" containing the text hello", "a b.txt", "hello\n")]
    [InlineData("create an empty file .gitkeep", ".gitkeep", "")]
    public void File_is_made_with_what_is_said(string instruction, string path, string content)
    {
        var edits = Do(new FakeTree().Add("README.md"), instruction);

        Assert.Equal(content, Written(edits, path));
        Assert.Single(edits.Changes);
    }

    [Fact]
    public void File_that_is_there_with_another_content_is_only_replaced_where_that_is_said()
    {
        var tree = new FakeTree().Add("a.txt", "old\r\nlines\r\n");

        Assert.Contains("There is a file \"a.txt\" already", Refuse(tree, "create a.txt with content \"new\""), StringComparison.Ordinal);
        Assert.Empty(Do(tree, "create a.txt with content:\nold\nlines\n").Changes);
        Assert.Equal("new\r\n", Written(Do(tree, "overwrite a.txt with \"new\""), "a.txt"));
        Assert.Contains("It is not said what", Refuse(tree, "create a file b.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n", "append \"b\" to a.txt", "a\nb\n")]
    [InlineData("a", "add the line 'b' to the end of the file a.txt", "a\nb\n")]
    [InlineData("a\r\nb\r\n", "append to a.txt: c", "a\r\nb\r\nc\r\n")]
    [InlineData("\uFEFFa\r\n", "append hello world to a.txt", "\uFEFFa\r\nhello world\r\n")]
    [InlineData("a\n", "append to a.txt:\nb\nc", "a\nb\nc\n")]
    public void Text_is_added_on_a_line_of_its_own_and_line_ends_and_marks_stay(string content, string instruction, string expected) =>
        Assert.Equal(expected, Change("a.txt", content, instruction));

    [Fact]
    public void Word_is_renamed_as_a_whole_in_all_files_of_text()
    {
        var tree = new FakeTree()
            .Add("src/a.cs", "cat category cat_ CAT cat.\r\n(cat)").Add("b.md", "\uFEFFcat\n").Add("none.md", "dog").Add("binary", "cat\0"u8.ToArray()).Add("latin", [0x63, 0x61, 0x74, 0x20, 0xE4])
            .Add("link", "cat", TreeEntryKind.Link);

        var edits = Do(tree, "rename `cat` to `tiger`");

        Assert.Equal("tiger category cat_ CAT tiger.\r\n(tiger)", Written(edits, "src/a.cs"));
        Assert.Equal("\uFEFFtiger\n", Written(edits, "b.md"));
        Assert.Equal(2, edits.Changes.Count);
        Assert.Equal("\"cat\" is \"tiger\" now in 4 places of 2 files. Left alone: binary (no text), latin (no text).", edits.Summary);
    }

    [Theory]
    [InlineData("replace the word cat with dog in src", "src/a.txt")]
    [InlineData("rename the identifier cat to dog in src/a.txt", "src/a.txt")]
    [InlineData("rename cat to dog in **/*.md", "docs/a.md")]
    public void Word_is_renamed_where_it_is_said(string instruction, string path)
    {
        var edits = Do(new FakeTree().Add("src/a.txt", "cat").Add("docs/a.md", "cat").Add("a.txt", "cat"), instruction);

        Assert.Equal([path], edits.Changes.Cast<FileEdit.Write>().Select(write => write.Path));
    }

    [Fact]
    public void Word_that_stands_nowhere_changes_nothing_and_an_unknown_folder_is_refused()
    {
        var tree = new FakeTree().Add("a.txt", "category");

        Assert.Equal("\"cat\" stands in no file that may be changed. Nothing had to be changed.", Do(tree, "rename cat to dog everywhere").Summary);
        Assert.Equal("There is no file or folder \"nowhere\".", Refuse(tree, "rename cat to dog in nowhere"));
    }

    [Theory]
    [InlineData("rename a.txt to b.txt", "a.txt", "b.txt")]
    [InlineData("move a.txt to docs/", "a.txt", "docs/a.txt")]
    [InlineData("move the file a.txt into the folder src", "a.txt", "src/a.txt")]
    [InlineData("rename the file src/x.bin to y.bin", "src/x.bin", "y.bin")]
    public void File_is_renamed(string instruction, string from, string to)
    {
        var edits = Do(new FakeTree().Add("a.txt", "a").Add("src/x.bin", [0, 1, 2]), instruction);

        Assert.Equal([new FileEdit.Rename(from, to)], edits.Changes);
    }

    [Theory]
    [InlineData("move a.txt to b.txt", "There is a file \"b.txt\" already.")]
    [InlineData("move c.txt to d.txt", "There is no file \"c.txt\".")]
    [InlineData("move a.txt to ../d.txt", "\"../d.txt\" is no path within the repository.")]
    [InlineData("move a.txt to .git/hooks/post-merge", "\".git/hooks/post-merge\" is a path of Git's own.")]
    [InlineData("move a.txt to link/x", "\"link\" is no folder.")]
    [InlineData("move link to x", "\"link\" is a link or a submodule, which is left alone.")]
    [InlineData("move a.txt to B.txt", "\"B.txt\" and \"b.txt\" would differ by upper and lower case alone.")]
    [InlineData("create /etc/passwd with content \"x\"", "\"/etc/passwd\" is no path within the repository.")]
    [InlineData("create .GIT/config with content \"x\"", "\".GIT/config\" is a path of Git's own.")]
    [InlineData("append \"x\" to link", "There is no file \"link\".")]
    public void Change_that_breaks_a_rule_is_refused(string instruction, string sentence) =>
        Assert.Equal(sentence, Refuse(new FakeTree().Add("a.txt", "a").Add("b.txt", "b").Add("link", "/etc", TreeEntryKind.Link), instruction));

    [Fact]
    public void Paths_that_are_not_allowed_are_refused_and_passed_over_where_many_are_meant()
    {
        var tree = new FakeTree().Add("docs/a.md", "cat").Add("src/b.md", "cat");

        Assert.Equal("\"src/x.md\" may not be changed: it is none of the paths that are allowed in this repository.", Refuse(tree, "create src/x.md with \"x\"", "docs/**"));
        Assert.Equal("docs/x.md", Assert.IsType<FileEdit.Write>(Assert.Single(Do(tree, "create docs/x.md with \"x\"", "docs/**").Changes)).Path);
        var edits = Do(tree, "rename cat to dog", "docs/**");
        Assert.Equal("docs/a.md", Assert.IsType<FileEdit.Write>(Assert.Single(edits.Changes)).Path);
        Assert.EndsWith("Left alone: src/b.md (not one of the allowed paths).", edits.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_things_are_done_in_their_order()
    {
        var edits = Do(
            new FakeTree().Add("package.json", """{ "version": "1.2.3" }"""),
            "Bump the minor version, and add a changelog entry under Added: a report and more\nthen create notes.md with \"one and two\"; append \"three\" to notes.md. Move notes.md to docs/");

        Assert.Equal("""{ "version": "1.3.0" }""", Written(edits, "package.json"));
        Assert.Contains("### Added\n\n- a report and more\n", Written(edits, "CHANGELOG.md"), StringComparison.Ordinal);
        Assert.Equal("one and two\nthree\n", Written(edits, "docs/notes.md"));
        Assert.Equal(3, edits.Changes.Count);
        Assert.Equal("Bump the version to 1.3.0 and 4 more", edits.Title);
    }

    [Theory]
    [InlineData("do something clever")]
    [InlineData("do not bump the version")]
    [InlineData("bump the version but not in package.json")]
    [InlineData("add a daily report and paint it green")]
    [InlineData("add a daily report for the 5th of March")]
    [InlineData("refactor the parser")]
    [InlineData("create notes.md with content hello and goodbye")]
    [InlineData("\uE000")]
    [InlineData("...")]
    [InlineData("")]
    public void Instruction_that_is_not_understood_as_a_whole_is_refused_with_what_can_be_done(string instruction)
    {
        var sentence = Refuse(new FakeTree().Add("package.json", """{ "version": "1.2.3" }"""), instruction);

        Assert.Contains("not understood, so nothing was changed. Without an AI an instruction can be like these: add a daily report for today; ", sentence, StringComparison.Ordinal);
        Assert.Contains("Ai:Model", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add a daily report for today")]
    [InlineData("add a changelog entry under Fixed: The parser reads empty files")]
    [InlineData("bump the minor version")]
    [InlineData("add an MIT licence header to all files in src")]
    [InlineData("update the table of contents in README.md")]
    [InlineData("create notes/today.md with content \"Hello\"")]
    [InlineData("append \"- Ada\" to AUTHORS.md")]
    [InlineData("rename the file docs/old.md to docs/new.md")]
    [InlineData("rename `oldName` to `newName` in src")]
    public void Every_example_is_understood(string example)
    {
        var tree = new FakeTree().Add("VERSION", "1.0.0").Add("src/a.js", "oldName").Add("README.md", "# A\n\n## B\n").Add("AUTHORS.md").Add("docs/old.md");

        Assert.Contains(example, Refuse(tree, "unknown"), StringComparison.Ordinal);
        Assert.NotEmpty(Do(tree, example).Changes);
    }

    [Theory]
    [InlineData(RuleLimits.MaxClauses, true)]
    [InlineData(RuleLimits.MaxClauses + 1, false)]
    public void Instruction_may_ask_for_as_many_things_as_the_limit_says_and_not_more(int clauses, bool isDone)
    {
        var instruction = string.Join('\n', Enumerable.Range(0, clauses).Select(i => $"create {i}.txt with \"x\""));

        Assert.Equal(isDone, Record.Exception(() => Do(new FakeTree(), instruction)) is null);
    }

    [Theory]
    [InlineData(RuleLimits.MaxInstructionLength, true)]
    [InlineData(RuleLimits.MaxInstructionLength + 1, false)]
    public void Instruction_may_be_as_long_as_the_limit_says_and_not_longer(int length, bool isDone) =>
        Assert.Equal(isDone, Record.Exception(() => Do(new FakeTree(), "create a.txt with content:\nx".PadRight(length, 'x'))) is null);

    [Theory]
    [InlineData(RuleLimits.MaxWordLength, true)]
    [InlineData(RuleLimits.MaxWordLength + 1, false)]
    public void Word_may_be_as_long_as_the_limit_says_and_not_longer(int length, bool isDone) =>
        Assert.Equal(isDone, Record.Exception(() => Do(new FakeTree(), $"rename {new string('x', length)} to y")) is null);

    [Theory]
    [InlineData(EditLimits.MaxFileBytes, 1)]
    [InlineData(EditLimits.MaxFileBytes + 1, 0)]
    public void File_is_gone_through_up_to_the_limit_of_its_size(int bytes, int changes)
    {
        var edits = Do(new FakeTree().Add("a.txt", "cat".PadRight(bytes)), "rename cat to dog");

        Assert.Equal(changes, edits.Changes.Count);
        Assert.Equal(changes == 0, edits.Summary.Contains("a.txt (too large)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(EditLimits.MaxChangedFiles, true)]
    [InlineData(EditLimits.MaxChangedFiles + 1, false)]
    public void Files_are_changed_up_to_the_limit(int files, bool isDone)
    {
        var tree = new FakeTree();
        for (var i = 0; i < files; i++)
        {
            tree.Add($"{i}.txt", "cat");
        }

        Assert.Equal(isDone, Record.Exception(() => Do(tree, "rename cat to dog")) is null);
    }

    [Theory]
    [InlineData(EditLimits.MaxFiles, 0, true)]
    [InlineData(EditLimits.MaxFiles + 1, 0, false)]
    [InlineData(50, EditLimits.MaxFileBytes, true)]
    [InlineData(51, EditLimits.MaxFileBytes, false)]
    public void Repository_is_gone_through_up_to_the_limits(int files, int size, bool isDone)
    {
        var tree = new FakeTree();
        for (var i = 0; i < files; i++)
        {
            tree.Claim($"{i}.txt", size);
        }

        Assert.Equal(isDone, Record.Exception(() => Do(tree, "rename cat to dog")) is null);
        // A folder of it is small enough.
        Assert.Empty(Do(tree.Add("src/a.txt"), "rename cat to dog in src").Changes);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Files_are_gone_through_as_long_as_the_limit_says_and_not_longer(int beyond, bool isDone)
    {
        var time = new ManualTimeProvider();
        // The second file is looked at after the reading of the first, in whose time the clock goes on.
        var reads = 0;
        var tree = new FakeTree { OnRead = () => time.Advance(reads++ == 0 ? RuleLimits.MaxTime + TimeSpan.FromTicks(beyond) : TimeSpan.Zero) }.Add("a.txt", "cat").Add("b.txt", "dog");

        Assert.Equal(isDone, Record.Exception(() => Do(tree, "rename cat to bird", time)) is null);
    }

    [Theory]
    [InlineData(RuleLimits.MaxNamed, "b (no text).")]
    [InlineData(RuleLimits.MaxNamed + 1, "(no text) and 1 more.")]
    public void Files_left_alone_are_named_up_to_the_limit(int files, string end)
    {
        var tree = new FakeTree();
        for (var i = 0; i < files; i++)
        {
            tree.Add($"{i:D2}b", [0]);
        }

        Assert.EndsWith(end, Do(tree, "rename cat to dog").Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_written_has_a_limit()
    {
        var tree = new FakeTree();
        for (var i = 0; i < 21; i++)
        {
            tree.Add($"{i}.txt", "cat".PadRight(1024 * 1024));
        }

        Assert.Equal("All that is written would have more than 20,480 KiB.", Refuse(tree, "rename cat to dog"));
    }

    [Fact]
    public void Hostile_texts_are_read_in_linear_time()
    {
        var texts = new[] { "add a ", "\"", "'", "`", "```\n", ": ", " and ", "create a.txt with content ", "[a](", "<Version>", "# ", "[", "<!--" };
        foreach (var text in texts)
        {
            var instruction = new StringBuilder().Insert(0, text, RuleLimits.MaxInstructionLength / text.Length).ToString();
            var started = ThreadTime.Now;
            Record.Exception(() => Do(new FakeTree().Add("README.md", instruction).Add("a.csproj", instruction).Add("CHANGELOG.md", instruction), instruction));
            foreach (var asked in new[] { "update the table of contents", "add a changelog entry: x", "bump the version", "add an MIT licence header" })
            {
                Record.Exception(() => Do(new FakeTree().Add("README.md", instruction).Add("a.csproj", instruction).Add("CHANGELOG.md", instruction).Add("a.cs", instruction), asked));
            }

            Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
    }
}
