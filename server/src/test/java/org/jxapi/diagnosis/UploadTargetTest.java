package org.jxapi.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

class UploadTargetTest {
    @ParameterizedTest
    @CsvSource({
        "http://files.example.com, http://files.example.com/report",
        "http://files.example.com/, http://files.example.com/report",
        "HTTPS://files.example.com:8443/a/b/, https://files.example.com:8443/a/b/report",
        "http://files.example.com/a/mine.tar, http://files.example.com/a/mine.tar",
        "https://files.example.com/a%20b/?key=1&x=%2F, https://files.example.com/a%20b/report?key=1&x=%2F",
        "http://[::1]:80/, http://[::1]:80/report"
    })
    void aUrlThatNamesNoFileGetsOne(String url, String place) {
        UploadTarget target = UploadTarget.of(url, "", "report");
        assertThat(target).isEqualTo(new UploadTarget(URI.create(place), "", null));
    }

    @Test
    void usersGoIntoHeaders() {
        UploadTarget target = UploadTarget.of("http://me:p%40ss@files.example.com/x", "you:pass@proxy", "report");
        assertThat(target.uri()).hasToString("http://files.example.com/x");
        assertThat(target.user()).isEqualTo("me:p@ss");
        assertThat(target.proxy()).isEqualTo(new UploadTarget.Proxy("proxy", 1080, "you:pass"));
    }

    @ParameterizedTest
    @CsvSource({"proxy:3128, proxy, 3128", "http://proxy:3128/, proxy, 3128", "http://proxy, proxy, 1080"})
    void aProxyIsAUrlOrAnAddress(String text, String host, int port) {
        assertThat(UploadTarget.of("http://x/", text, "report").proxy())
                .isEqualTo(new UploadTarget.Proxy(host, port, ""));
    }

    private static XenApiException refusal(String url, String proxy) {
        try {
            throw new AssertionError(UploadTarget.of(url, proxy, "report").toString());
        } catch (XenApiException e) {
            return e;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', url, ''",
        "report.tar, url, 'URL not recognised: it needs a scheme and a host'",
        "http:///x, url, 'URL not recognised: it needs a scheme and a host'",
        "http://x:99999/, url, 'URL not recognised: its port is above 65535'",
        "http://x/a b, url, 'URL not recognised: Illegal character in path'",
        "ftp://u:secret@x/, url, 'ftp is not supported; use a URL of http or https'",
        "file:///etc/passwd, url, 'URL not recognised: it needs a scheme and a host'"
    })
    void otherUrlsAreRefusedWithoutRepeatingThem(String url, String field, String why) {
        XenApiException refusal = refusal(url, "");
        assertThat(refusal.code()).isEqualTo(Errors.invalidValue("", "").code());
        assertThat(refusal.params().get(0)).isEqualTo(field);
        assertThat(refusal.params().get(1)).startsWith(why).doesNotContain("secret");
    }

    @Test
    void otherProxiesAreRefused() {
        assertThat(refusal("http://x/", "socks5://proxy").params())
                .containsExactly("http_proxy", "socks5 is not supported; use a proxy of http");
        assertThat(refusal("http://x/", "proxy:99999").params()).first().isEqualTo("http_proxy");
        assertThat(refusal("http://x/", "a b").params()).first().isEqualTo("http_proxy");
    }
}
