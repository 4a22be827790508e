using Jobs.Domain.Repositories;
using Jobs.Execution.Checks;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Tests.Checks;

public sealed class RepositoryCheckTests(CheckFixture fixture) : IClassFixture<CheckFixture>
{
    public static TheoryData<ProcessIsolation> Isolations => new(CheckFixture.Available);

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_that_ends_with_0_has_passed_and_both_its_outputs_are_told_in_their_order(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(isolation, "echo one; echo two >&2; echo three");

        Assert.Equal(new CheckResult(true, "one\ntwo\nthree\n"), result);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_that_ends_with_another_number_has_not_passed(ProcessIsolation isolation)
    {
        Assert.Equal(new CheckResult(false, "no\n", "The check's command ended with 3."), await fixture.RunAsync(isolation, "echo no; exit 3"));
        Assert.Equal("The check's command was ended by signal 9.", (await fixture.RunAsync(isolation, "kill -9 $$")).Reason);
        Assert.Contains("not found", (await fixture.RunAsync(isolation, "no-such-program")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Files_are_there_with_their_folders_and_may_be_run_and_changed(ProcessIsolation isolation)
    {
        var tree = new FakeTree()
            .Add("a b/ü.txt", "text")
            .Add("run", "#!/bin/sh\necho ran > \"$1\"; cat \"$1\"", TreeEntryKind.Executable)
            .Add("not", "#!/bin/sh\n");

        var result = await fixture.RunAsync(isolation, "pwd; cat 'a b/ü.txt'; echo; ./run 'a b/new'; test -x not || echo not", tree);

        Assert.Equal(new CheckResult(true, "/work\ntext\nran\nnot\n"), result);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Links_submodules_and_paths_that_leave_the_folder_are_left_out_and_named(ProcessIsolation isolation)
    {
        var tree = new FakeTree()
            .Add("../../escaped", "x").Add("/absolute", "x").Add(".git/config", "x").Add("a", "x")
            .Add("link", "/etc/passwd", TreeEntryKind.Link).Add("module", kind: TreeEntryKind.Submodule);

        var result = await fixture.RunAsync(isolation, "find . -type f -o -type l", tree);

        Assert.Equal(
            "[left out: link (a link), module (a submodule), ../../escaped (a path that no file may have), .git/config (a path that no file may have), "
            + "/absolute (a path that no file may have)]\n./a\n",
            result.Output);
        Assert.False(File.Exists(Path.Combine(fixture.TempFolder, "escaped")));
    }

    [Theory]
    [InlineData(RepositoryCheckLimits.NamedEntries, "(a link)]")]
    [InlineData(RepositoryCheckLimits.NamedEntries + 1, "(a link) and 1 more]")]
    public async Task What_is_left_out_is_named_up_to_the_limit(int links, string end)
    {
        using var tree = new FakeTree();
        for (var i = 0; i < links; i++)
        {
            tree.Add($"link{i}", kind: TreeEntryKind.Link);
        }

        var folder = Directory.CreateDirectory(Path.Combine(fixture.TempFolder, Guid.NewGuid().ToString("N"))).FullName;
        var files = await CheckFiles.WriteAsync(tree, Path.Combine(folder, "files"), CancellationToken.None);
        Directory.Delete(folder, recursive: true);

        Assert.EndsWith(end, files.LeftOut.TrimEnd('\n'), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_sees_nothing_of_the_machine_but_its_programs(ProcessIsolation isolation)
    {
        var secret = Path.Combine(fixture.TempFolder, "secret.txt");
        await File.WriteAllTextAsync(secret, "secret of ours");
        try
        {
            var result = await fixture.RunAsync(
                isolation,
                $"""
                cat /etc/passwd /etc/shadow '{secret}' '{typeof(RepositoryCheck).Assembly.Location}' 2>/dev/null && echo read
                ls '{AppContext.BaseDirectory}' '{fixture.TempFolder}' /root /home /var /sys /run 2>/dev/null && echo listed
                env | cut -d= -f1 | sort | tr '\n' ' '; echo
                ls /; ls -d /proc/[0-9]* | wc -l
                cat /proc/1/cmdline /proc/1/environ /proc/1/root/etc/passwd 2>/dev/null && echo first
                grep -c tests /proc/self/mountinfo
                """);

            Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(fixture.TempFolder, result.Output, StringComparison.Ordinal);
            var lines = result.Output.Split('\n');
            Assert.DoesNotContain("read", lines);
            Assert.DoesNotContain("listed", lines);
            Assert.DoesNotContain("first", lines);
            Assert.Equal("CI HOME LANG OLDPWD PATH PWD TMPDIR TZ", lines[0].Trim());
            Assert.Equal(["0", ""], lines[^2..]);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_can_write_its_own_folders_only(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(
            isolation,
            """
            : > file && : > /tmp/file && echo own
            for path in /usr/file /bin/file /lib/file /proc/sys/kernel/core_pattern /dev/sda; do ( : > "$path" ) 2>/dev/null && test -s "$path" && echo "$path"; done
            mount -t tmpfs none /tmp 2>/dev/null && echo mounted
            mount -o remount,rw /usr 2>/dev/null && echo remounted
            mknod /tmp/disk b 8 0 2>/dev/null && echo device
            unshare --map-root-user --mount true 2>/dev/null && mount -o remount,rw /usr 2>/dev/null && echo namespace
            chroot / true 2>/dev/null && echo chroot
            grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/self/status | tr -d '\n'
            """);

        Assert.Equal("own\nCapPrm:\t0000000000000000CapEff:\t0000000000000000CapBnd:\t0000000000000000NoNewPrivs:\t1", result.Output);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_has_no_network(ProcessIsolation isolation)
    {
        // Checks are for Linux, where all of 127.0.0.0/8 is this machine. Nobody else asks for this address.
        using var listener = new System.Net.Sockets.TcpListener(new System.Net.IPAddress([127, .. System.Security.Cryptography.RandomNumberGenerator.GetBytes(2), 78]), 0);
        listener.Start();

        var result = await fixture.RunAsync(
            isolation, $"perl -MIO::Socket::INET -e 'for (\"{listener.LocalEndpoint}\", \"1.1.1.1:53\") {{ print IO::Socket::INET->new(PeerAddr => $_, Timeout => 5) ? \"connected\" : \"refused\", \"\\n\" }}'");

        Assert.Equal("refused\nrefused\n", result.Output);
        Assert.False(listener.Pending());
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Command_that_takes_too_long_is_ended_with_all_that_it_started_and_what_it_wrote_is_told(ProcessIsolation isolation)
    {
        var time = new ManualTimeProvider();
        using var check = fixture.Create(new() { Isolation = isolation, TimeLimit = CheckFixture.LongTime }, time);

        // One that leaves its group and its parent behind.
        var running = check.RunAsync(new FakeTree(), "echo begun; setsid sh -c 'sleep 4711.1 & sleep 4711.2' & exec setsid sleep 4711.3", CancellationToken.None);
        await CheckFixture.UntilAsync(() => CheckFixture.ProcessesWith("sleep\04711.").Count == 3);
        time.Advance(CheckFixture.LongTime);
        var result = await running;

        Assert.Equal((false, "The check took longer than 90 s."), (result.HasPassed, result.Reason));
        Assert.Equal("begun\n", result.Output);
        Assert.Empty(CheckFixture.ProcessesWith("4711."));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task What_a_command_leaves_behind_is_ended(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(isolation, "setsid sleep 4712 > /dev/null 2>&1 & echo done");

        Assert.Equal(new CheckResult(true, "done\n"), result);
        Assert.Empty(CheckFixture.ProcessesWith("4712"));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Cancelling_ends_everything(ProcessIsolation isolation)
    {
        using var stop = new CancellationTokenSource();
        var running = fixture.RunAsync(isolation, "setsid sleep 4713 & exec setsid sleep 4713", cancellationToken: stop.Token);
        await CheckFixture.UntilAsync(() => CheckFixture.ProcessesWith("sleep\04713").Count == 2);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(CheckFixture.ProcessesWith("4713"));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Processes_may_be_as_many_as_the_limit_says_and_not_more(ProcessIsolation isolation)
    {
        // A bomb with an end: should nothing hold it, the machine survives. Up to four are the shell that counts and those that confine it.
        const string bomb = "for i in $(seq {0}); do sleep 4714 > /dev/null & done; echo all";
        var within = await fixture.RunAsync(isolation, string.Format(System.Globalization.CultureInfo.InvariantCulture, bomb, RepositoryCheckLimits.Processes - 4));
        var beyond = await fixture.RunAsync(isolation, string.Format(System.Globalization.CultureInfo.InvariantCulture, bomb, RepositoryCheckLimits.Processes * 3));

        Assert.Equal(new CheckResult(true, "all\n"), within);
        Assert.False(beyond.HasPassed);
        Assert.Contains("Cannot fork", beyond.Output, StringComparison.Ordinal);
        Assert.Empty(CheckFixture.ProcessesWith("4714"));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Processes_together_may_not_have_more_memory_than_the_limit(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(isolation, "for i in 1 2 3 4 5; do perl -e '$x = \"x\" x 150_000_000; $y = \"y\" x 150_000_000; sleep 4715' & done; wait");

        Assert.Equal((false, "The check used more memory than 1,024 MiB."), (result.HasPassed, result.Reason));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Kernel_keeps_the_limits_of_each_process_and_of_the_number_of_files(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(isolation, "ulimit -n; ulimit -d; ulimit -p; ulimit -c; stat -f -c %c /work");

        Assert.Equal(
            $"{RepositoryCheckLimits.OpenFiles}\n{RepositoryCheckLimits.ProcessMemoryBytes / 1024}\n{RepositoryCheckLimits.Processes}\n0\n{RepositoryCheckLimits.DiskEntries}\n", result.Output);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Files_may_not_have_more_bytes_than_the_limit(ProcessIsolation isolation)
    {
        var result = await fixture.RunAsync(isolation, $"head -c {RepositoryCheckLimits.DiskBytes + 1} /dev/zero > large; echo $?; stat -c %s large");

        var lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Contains("No space left", lines[0], StringComparison.Ordinal);
        Assert.Equal("1", lines[1]);
        Assert.InRange(long.Parse(lines[2]), RepositoryCheckLimits.DiskBytes / 2, RepositoryCheckLimits.DiskBytes);
    }

    [Theory]
    [InlineData(RepositoryCheckLimits.OutputBytes, "")]
    [InlineData(RepositoryCheckLimits.OutputBytes + 1, "[1 bytes before this are left out]\n")]
    [InlineData(50_000_000, "[49934464 bytes before this are left out]\n")]
    public async Task End_of_the_output_is_kept(int bytes, string said)
    {
        var result = await fixture.RunAsync(CheckFixture.Strongest, $"head -c {bytes - 4} /dev/zero | tr '\\0' x; echo end");

        Assert.Equal((true, said.Length + RepositoryCheckLimits.OutputBytes), (result.HasPassed, result.Output.Length));
        Assert.StartsWith(said, result.Output, StringComparison.Ordinal);
        Assert.EndsWith("xend\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_is_text_without_colours()
    {
        var result = await fixture.RunAsync(CheckFixture.Strongest, """printf '\033[1;31mred\033[0m \033]0;title\007 \377 \001 ü\n'""");

        Assert.Equal("red  \uFFFD  ü\n", result.Output);
    }

    [Theory]
    [InlineData(RepositoryCheckLimits.Files, 0, true)]
    [InlineData(RepositoryCheckLimits.Files + 1, 0, false)]
    [InlineData(1, RepositoryCheckLimits.FileBytes, true)]
    [InlineData(1, RepositoryCheckLimits.FileBytes + 1L, false)]
    public async Task Repository_may_be_as_large_as_the_limits_say_and_not_larger(int files, long size, bool isRun)
    {
        using var tree = new FakeTree();
        for (var i = 0; i < files; i++)
        {
            tree.Claim($"{i}", size);
        }

        var result = await fixture.RunAsync(CheckFixture.Strongest, "true", tree);

        Assert.Equal(isRun, result.HasPassed);
        Assert.Equal(!isRun, result.Reason?.StartsWith("The check was not run: ", StringComparison.Ordinal) is true);
    }

    [Theory]
    [InlineData(RepositoryCheckLimits.CommandLength, true)]
    [InlineData(RepositoryCheckLimits.CommandLength + 1, false)]
    public async Task Command_may_be_as_long_as_the_limit_says_and_not_longer(int length, bool hasPassed)
    {
        Assert.Equal(hasPassed, (await fixture.RunAsync(CheckFixture.Strongest, "true".PadRight(length))).HasPassed);
    }

    [Fact]
    public async Task Where_nothing_can_be_isolated_nothing_is_run()
    {
        using var check = fixture.Create(new() { Isolation = ProcessIsolation.None });

        var error = await Assert.ThrowsAsync<ForgeException>(() => check.RunAsync(new FakeTree(), "true", CancellationToken.None));

        Assert.Equal(("The check cannot be run: this server has no way to keep a command from the rest of the machine.", false), (error.Message, error.IsTransient));
    }
}
