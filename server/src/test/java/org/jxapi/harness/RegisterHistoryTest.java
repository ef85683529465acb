package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A history is judged by the order in which its operations began and ended. */
class RegisterHistoryTest {
    private final RegisterHistory history = new RegisterHistory("first");

    private void wrote(String value, long begin, long end) {
        history.begin(value, begin);
        history.acknowledged(value, end, "a host");
    }

    private void assertFault(String fault) {
        assertThat(history.fault()).hasValueSatisfying(text -> assertThat(text).startsWith(fault));
    }

    @Test
    void aReadOfTheNewestValueIsFine() {
        history.read("first", 1, 2, "a host");
        wrote("a", 3, 4);
        history.read("a", 5, 6, "a host");
        wrote("b", 7, 10);
        history.read("a", 8, 9, "a host");
        history.read("b", 8, 9, "a host");
        history.read("b", 11, 12, "a host");
        assertThat(history.fault()).isEmpty();
    }

    @Test
    void aReadOfAnOlderValueIsAFault() {
        wrote("a", 1, 2);
        wrote("b", 3, 4);
        history.read("a", 5, 6, "a host");
        assertFault("a was there before and after b");
    }

    @Test
    void anAcknowledgedWriteThatIsLostIsAFault() {
        wrote("a", 1, 2);
        history.read("first", 3, 4, "a host");
        assertFault("first was there before and after a");
    }

    @Test
    void readsThatContradictEachOtherAreAFault() {
        wrote("a", 1, 10);
        wrote("b", 1, 10);
        history.read("a", 2, 3, "a host");
        history.read("b", 4, 5, "a host");
        history.read("a", 6, 7, "a host");
        assertFault("a was there before and after b");
        history.read("b", 8, 9, "a host");
        assertFault("a was there, then b, then a");
    }

    @Test
    void aWriteWithoutAnswerMayTakeEffectAtAnyTimeOrNever() {
        history.begin("never", 1);
        history.begin("late", 2);
        wrote("a", 3, 4);
        history.read("a", 5, 6, "a host");
        history.read("late", 7, 8, "a host");
        assertThat(history.fault()).isEmpty();
        history.read("a", 9, 10, "a host");
        assertFault("a was there before and after late");
    }

    @Test
    void aReadOfAValueThatWasRefusedIsAFault() {
        history.begin("a", 1);
        history.refused("a");
        assertThat(history.fault()).isEmpty();
        history.read("a", 2, 3, "a host");
        assertFault("a was read before it was written");
    }

    @Test
    void aValueThatNobodyHasWrittenIsAFault() {
        history.read("other", 1, 2, "a host");
        assertFault("other was read before it was written");
        wrote("other", 3, 4);
        assertFault("other was read before it was written");
    }
}
