package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingTest {
    @Test
    void theNewestValuesAreKeptWhileItGrowsAndAfter() {
        Ring ring = new Ring(100);
        for (long step = 1; step <= 250; step++) {
            ring.put(step, step);
            for (long age = 0; age < 110; age++) {
                Double kept = age < Math.min(100, step) ? step - age : Double.NaN;
                assertThat(ring.at(step - age)).isEqualTo(kept);
            }
        }
        assertThat(ring.at(251)).isNaN();
    }

    @Test
    void stepsThatWereLeftOutAreUnknownAndAValueCanBeSetAgain() {
        Ring ring = new Ring(5);
        ring.put(10, 1);
        ring.put(13, 2);
        assertThat(ring.at(10)).isEqualTo(1);
        assertThat(ring.at(11)).isNaN();
        assertThat(ring.at(13)).isEqualTo(2);
        ring.put(13, 3);
        assertThat(ring.at(13)).isEqualTo(3);
        ring.put(1000, 4);
        assertThat(ring.at(1000)).isEqualTo(4);
        assertThat(ring.at(998)).isNaN();
    }
}
