package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderedMapTest {
    @Test
    void theKeysKeepTheirOrder() {
        Map<String, String> map = OrderedMap.of("z", "1", "a", "2", "m", "3", "b", "4");
        assertThat(map.keySet()).containsExactly("z", "a", "m", "b");
        assertThat(map).containsEntry("m", "3");
    }

    @Test
    void nobodyCanChangeIt() {
        Map<String, String> map = OrderedMap.of("key", "value");
        assertThatThrownBy(() -> map.put("other", "value")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aKeyWithoutAValueIsRefused() {
        assertThatThrownBy(() -> OrderedMap.of("key", "value", "other")).isInstanceOf(IllegalArgumentException.class);
    }
}
