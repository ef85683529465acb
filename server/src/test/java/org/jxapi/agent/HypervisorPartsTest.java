package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Hypervisor;

/** An agent serves all of {@code Hypervisor}. */
class HypervisorPartsTest {
    @Test
    void eachMethodOfTheHypervisorIsServed() {
        for (Part<?> part : HypervisorParts.all()) {
            List<String> missing = Arrays.stream(part.type().getMethods())
                    .filter(method -> Modifier.isAbstract(method.getModifiers()))
                    .map(Method::getName)
                    .filter(name -> part.method(name) == null)
                    .toList();
            assertThat(missing)
                    .as("methods of %s that are not listed", part.name())
                    .isEmpty();
        }
    }

    @Test
    void eachPartOfTheHypervisorIsServed() {
        List<String> parts = Arrays.stream(Hypervisor.class.getMethods())
                .map(Method::getReturnType)
                .filter(Class::isInterface)
                .map(Class::getName)
                .toList();
        assertThat(HypervisorParts.all())
                .extracting(part -> part.type().getName())
                .containsExactlyInAnyOrderElementsOf(parts);
    }
}
