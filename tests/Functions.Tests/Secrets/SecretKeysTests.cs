using System.Security.Cryptography;
using Jobs.Functions.Secrets;
using Microsoft.Extensions.Configuration;

namespace Jobs.Functions.Tests.Secrets;

public sealed class SecretKeysTests
{
    private const string Owner = "acme/Wbk5MPTfzx/API_TOKEN";

    [Fact]
    public void Sealed_text_opens_for_its_owner_and_is_different_each_time()
    {
        var keys = Keys(NewKey());

        var (one, two) = (keys.Seal("päss wörd", Owner), keys.Seal("päss wörd", Owner));

        Assert.Equal("päss wörd", keys.Open(one, Owner));
        Assert.Equal("päss wörd", keys.Open(two, Owner));
        Assert.NotEqual(one.Bytes[..12], two.Bytes[..12]);
        Assert.NotEqual(one.Bytes, two.Bytes);
        Assert.True(one.Bytes.AsSpan().IndexOf("wörd"u8) < 0);
    }

    [Theory]
    [InlineData("other/Wbk5MPTfzx/API_TOKEN")]
    [InlineData("acme/Wbk5MPTfzy/API_TOKEN")]
    [InlineData("acme/Wbk5MPTfzx/API_TOKEN_2")]
    public void Sealed_text_does_not_open_for_another_owner(string other)
    {
        var keys = Keys(NewKey());

        Assert.Throws<SecretsUnavailableException>(() => keys.Open(keys.Seal("a secret", Owner), other));
    }

    [Fact]
    public void Sealed_text_that_was_changed_in_any_byte_or_cut_does_not_open()
    {
        var keys = Keys(NewKey());
        var text = keys.Seal("a secret", Owner);

        for (var i = 0; i < text.Bytes.Length; i++)
        {
            var changed = (byte[])text.Bytes.Clone();
            changed[i] ^= 1;
            Assert.Throws<SecretsUnavailableException>(() => keys.Open(text with { Bytes = changed }, Owner));
            Assert.Throws<SecretsUnavailableException>(() => keys.Open(text with { Bytes = text.Bytes[..i] }, Owner));
        }
    }

    [Fact]
    public void Text_of_a_previous_key_opens_and_the_current_one_seals()
    {
        var (first, second, third) = (NewKey(), NewKey(), NewKey());
        var old = Keys(first).Seal("a secret", Owner);
        var keys = Keys(third, $"{second}, {first}");

        Assert.Equal("a secret", keys.Open(old, Owner));
        Assert.NotEqual(old.KeyId, keys.Seal("a secret", Owner).KeyId);
        Assert.Equal("a secret", Keys(third).Open(keys.Seal("a secret", Owner), Owner));
    }

    [Fact]
    public void Text_of_a_key_that_is_gone_does_not_open_and_the_message_names_the_settings()
    {
        var old = Keys(NewKey()).Seal("a secret", Owner);

        var error = Assert.Throws<SecretsUnavailableException>(() => Keys(NewKey()).Open(old, Owner));

        Assert.Contains(SecretKeys.PreviousSettingName, error.Message);
        Assert.Contains(old.KeyId, error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_setting_nothing_is_sealed(string? setting)
    {
        var keys = Keys(setting);

        Assert.False(keys.IsConfigured);
        Assert.Throws<SecretsUnavailableException>(() => keys.Seal("a secret", Owner));
    }

    [Fact]
    public void Without_the_setting_previous_keys_still_open()
    {
        var key = NewKey();
        var keys = Keys("", key);

        Assert.False(keys.IsConfigured);
        Assert.Equal("a secret", keys.Open(Keys(key).Seal("a secret", Owner), Owner));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(16)]
    public void Key_of_another_length_is_refused_without_showing_it(int bytes) => AssertRefused(Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)));

    [Theory]
    [InlineData("not base64 at all, but long enough to be a key")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Key_of_another_form_is_refused_without_showing_it(string key) => AssertRefused(key);

    private static void AssertRefused(string key)
    {
        foreach (var error in new[] { Assert.Throws<InvalidOperationException>(() => Keys(key)), Assert.Throws<InvalidOperationException>(() => Keys(NewKey(), key)) })
        {
            Assert.DoesNotContain(key, error.ToString());
            Assert.Contains("32 bytes in base64", error.Message);
        }

        Assert.Contains(SecretKeys.SettingName, Assert.Throws<InvalidOperationException>(() => Keys(key)).Message);
        Assert.Contains(SecretKeys.PreviousSettingName, Assert.Throws<InvalidOperationException>(() => Keys(NewKey(), key)).Message);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretKeys.KeyBytes));

    private static SecretKeys Keys(string? current, string? previous = null) => new(new ConfigurationBuilder()
        .AddInMemoryCollection([new(SecretKeys.SettingName, current), new(SecretKeys.PreviousSettingName, previous)])
        .Build());
}
