package org.jxapi.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.xenapi.XenModel;

/** The calls are those that xend of Xen 4.4 served: tools/python/xen/xend/server/XMLRPCServer.py. */
class XendCallsTest {
    private static final Set<String> MESSAGES = XenModel.CLASSES.stream()
            .flatMap(model -> model.messages().stream())
            .map(message -> message.fullName())
            .collect(Collectors.toSet());

    private static String answer(String method) {
        return new String(XendCalls.answer(method).orElseThrow(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xend.domains",
                "xend.domain",
                "xend.domain.create",
                "xend.domain.shutdown",
                "xend.domain.setVCpuCount",
                "xend.domain.pincpu",
                "xend.domain.setMemoryTarget",
                "xend.node.info",
                "xend.node.dmesg.info",
                "xend.domain.domain_sched_credit_set",
                "xend.domain.device_create",
                "xend.domain.send_sysrq"
            })
    void aCallOfXendGetsAFaultThatNamesItsSuccessor(String method) {
        String answer = answer(method);
        assertThat(answer).contains("<methodResponse><fault>").contains(method + " is a call of xend");
        assertThat(Pattern.compile("\\b([A-Za-z_]+\\.[a-zA-Z_]+)\\b")
                        .matcher(answer.substring(answer.indexOf("send ")))
                        .results()
                        .map(match -> match.group(1))
                        .filter(name -> !name.startsWith("xend"))
                        .toList())
                .isNotEmpty()
                .allMatch(MESSAGES::contains);
    }

    @Test
    void aCallThatTheXenApiCannotReplaceIsSaidSo() {
        assertThat(answer("xend.vnet.create")).contains("The XenAPI has no message for it");
    }

    @Test
    void otherCallsAreNotOfXend() {
        assertThat(XendCalls.answer("VM.get_all")).isEmpty();
    }
}
