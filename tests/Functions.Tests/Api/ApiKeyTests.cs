using Jobs.Domain.Identity;

namespace Jobs.Functions.Tests.Api;

public sealed class ApiKeyTests
{
    [Fact]
    public void Create_has_the_documented_form_and_is_wellformed()
    {
        var key = ApiKey.Create();

        Assert.Matches("^emb_live_[0-9A-Za-z]{32}[0-9A-Za-z]{6}$", key);
        Assert.True(ApiKey.IsWellFormed(key));
        Assert.NotEqual(key, ApiKey.Create());
    }

    [Fact]
    public void IsWellFormed_checksum_is_the_CRC32_in_base62() =>
        // CRC-32 (ISO-HDLC) of "emb_live_" and 32 zeros, by an independent implementation: python3 -c 'import zlib; print(zlib.crc32(b"emb_live_" + b"0" * 32))'
        Assert.True(ApiKey.IsWellFormed("emb_live_" + new string('0', 32) + "2CG2SM"));

    [Fact]
    public void IsWellFormed_any_single_wrong_character_is_noticed()
    {
        var key = ApiKey.Create();
        for (var i = 0; i < key.Length; i++)
        {
            Assert.False(ApiKey.IsWellFormed(string.Concat(key.AsSpan(0, i), key[i] == 'x' ? "y" : "x", key.AsSpan(i + 1))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("emb_live_")]
    [InlineData("emb_test_00000000000000000000000000000000000000")]
    public void IsWellFormed_other_forms_are_not(string key) => Assert.False(ApiKey.IsWellFormed(key));

    [Fact]
    public void IsWellFormed_longer_or_shorter_key_is_not()
    {
        var key = ApiKey.Create();

        Assert.False(ApiKey.IsWellFormed(key + "0"));
        Assert.False(ApiKey.IsWellFormed(key[..^1]));
        Assert.False(ApiKey.IsWellFormed(" " + key));
    }
}
