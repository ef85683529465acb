package org.jxapi.domain;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;

/** The names that XAPI takes for the devices of VBDs: device_number.ml. */
class DeviceNameTest {
    private static String vdev(String text) {
        return DeviceName.parse(text).map(DeviceName::vdev).orElse("none");
    }

    @Example
    void theGrammarIsThatOfXapi() {
        assertThat(vdev("0")).isEqualTo("xvda");
        assertThat(vdev("007")).isEqualTo("xvdh");
        assertThat(vdev("26")).isEqualTo("xvdaa");
        assertThat(vdev("1048575")).isEqualTo("xvdbgqcv");
        assertThat(vdev("xvda")).isEqualTo("xvda");
        assertThat(vdev("xvda2")).isEqualTo("xvda2");
        assertThat(vdev("xvda0")).isEqualTo("xvda");
        assertThat(vdev("xvdaa15")).isEqualTo("xvdaa15");
        assertThat(vdev("sda")).isEqualTo("sda");
        assertThat(vdev("sda0")).isEqualTo("sda");
        assertThat(vdev("sdp15")).isEqualTo("sdp15");
        assertThat(vdev("hda")).isEqualTo("xvda");
        assertThat(vdev("hdc3")).isEqualTo("xvdc3");
        assertThat(vdev("d3")).isEqualTo("xvdd");
        assertThat(vdev("d0p1")).isEqualTo("xvda1");
    }

    @Example
    void whatXensInterfaceCannotSayIsNoName() {
        for (String text : new String[] {
            "",
            "-1",
            "1048576",
            "99999999999",
            "xvd",
            "xvda256",
            "xvdA",
            "xvda1b",
            "xvdzzzzz",
            "sdq",
            "sda16",
            "hd",
            "fda",
            "d",
            "dp1",
            "d1p",
            "d1p256",
            "d1p1p1",
            "d1048576",
            " 0",
            "0 ",
            "xvda\n",
            "autodetect",
            "１"
        }) {
            assertThat(DeviceName.parse(text)).as(text).isEmpty();
        }
    }

    @Provide
    Arbitrary<DeviceName> names() {
        return Arbitraries.oneOf(
                Combinators.combine(
                                Arbitraries.integers().between(0, (1 << 20) - 1),
                                Arbitraries.integers().between(0, 255))
                        .as((disk, part) -> new DeviceName(DeviceName.Bus.XEN, disk, part)),
                Combinators.combine(
                                Arbitraries.integers().between(0, 15),
                                Arbitraries.integers().between(0, 15))
                        .as((disk, part) -> new DeviceName(DeviceName.Bus.SCSI, disk, part)));
    }

    @Property
    void everyPlaceIsReadBackFromItsName(@ForAll("names") DeviceName name) {
        assertThat(DeviceName.parse(name.vdev())).contains(name);
    }

    @Property
    void aNumberAndItsNameAreOnePlace(@ForAll @IntRange(max = (1 << 20) - 1) int number) {
        DeviceName place = DeviceName.of(number);
        assertThat(DeviceName.parse(Integer.toString(number))).contains(place);
        assertThat(DeviceName.parse("d" + number)).contains(place);
        assertThat(place.asNumber()).contains(number);
    }

    @Property
    void differentPlacesHaveDifferentNames(@ForAll("names") DeviceName one, @ForAll("names") DeviceName other) {
        assertThat(one.vdev().equals(other.vdev())).isEqualTo(one.equals(other));
    }

    @Property
    void anyTextIsANameOrNone(
            @ForAll @AlphaChars @NumericChars @Chars({'x', 'v', 'd', 's', 'p', ' '}) @StringLength(max = 12)
                    String text) {
        DeviceName.parse(text)
                .ifPresent(place -> assertThat(DeviceName.parse(place.vdev())).contains(place));
    }
}
