package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jxapi.datamodel.XenApiException;

/** Errors of the XenAPI in full: the code, and all parameters in their order. */
public final class XenApiErrors {
    private XenApiErrors() {}

    /** Fails unless the call throws this error. */
    public static void assertRefused(ThrowingCallable call, String code, String... params) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(XenApiException.class, error -> assertError(error, code, params));
    }

    public static void assertError(XenApiException error, String code, String... params) {
        assertThat(error).as("an error %s", code).isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.params()).as("parameters of %s", code).containsExactly(params);
    }
}
