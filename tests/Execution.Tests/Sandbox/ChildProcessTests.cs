using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;

namespace Jobs.Execution.Tests.Sandbox;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Process_that_is_disposed_of_leaves_no_pipe_open()
    {
        var process = ChildProcess.Start([DenoProgram.Locate(AppContext.BaseDirectory), "--version"], AppContext.BaseDirectory, new Dictionary<string, string>());
        var (input, output, errors) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        await process.WaitForExitAsync();

        process.Dispose();
        process.Dispose();

        Assert.Throws<ObjectDisposedException>(() => input.WriteByte(1));
        Assert.Throws<ObjectDisposedException>(() => output.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => errors.ReadByte());
    }
}
