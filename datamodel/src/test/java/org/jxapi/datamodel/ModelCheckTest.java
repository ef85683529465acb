package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The generator refuses a model with a fault in it, names file, class and field, and writes nothing. */
class ModelCheckTest {
    @TempDir
    Path temporary;

    private ModelFolder model;

    @BeforeEach
    void copyTheModel() throws IOException {
        model = new ModelFolder(Path.of("src/test/resources/small-model"), temporary);
    }

    @Test
    void aSoundModelHasNoFaults() throws IOException {
        assertThat(model.faults()).isEmpty();
    }

    /** In Thing.yaml, one text becomes another. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # Keys.
            database: true             | databse: true                  | Thing: unknown key "databse"; Thing: no database
            default: red               | defualt: red                   | Thing.colour: unknown key "defualt"
            result: void               | result: void\\n    asnyc: false | Thing.paint: unknown key "asnyc"
            default: 1,                | defalt: 1,                     | Thing.paint/coats: unknown key "defalt"
            meanings:                  | meaning:                       | enum colour: unknown key "meaning"
            set_role: vm-admin\\n    lifecycle: {st | lifecycle: {st     | Thing.colour: access RW needs a set_role
            access: RO/runtime\\n    column | column                      | Thing.inner_size: no access
            role: vm-admin\\n    params | params                         | Thing.paint: no role
            # Shapes of values.
            persist: true              | persist: "true"                | Thing: persist must be true or false
            internal: true             | internal: false                | Thing.inner_size: internal must be true, or left out
            errors: [BROKEN, GONE]     | errors: BROKEN                 | Thing.paint: errors must be a list of texts
            values: [red, green]       | values: [red, 1]               | enum colour: values must be a list of texts
            {folder: vm-operator}      | vm-operator                    | Thing.notes: key_roles must be a map
            # Types.
            type: int\\n               | type: integer\\n               | Thing.inner_size: unknown type "integer"
            Owner ref                  | Owned ref                      | Thing.owner: unknown class "Owned" in "Owned ref"; Thing.owner: inverse: the type must be Owner ref or Owner ref set
            type: enum colour\\n       | type: enum color\\n            | Thing.colour: unknown enum "color" in "enum color"
            (string -> string) map     | (string, string) map           | Thing.notes: unknown type "(string, string) map"
            type: int,                 | type: int sett,                | Thing.paint/coats: unknown type "int sett"
            result: void               | result: Thing record set ref   | Thing.paint: result: unknown class "Thing record set" in "Thing record set ref"
            type: int\\n               | type: Owner record\\n          | Thing.inner_size: no field can have the type Owner record
            type: int,                 | type: void,                    | Thing.paint/coats: no parameter can have the type void
            # Access.
            access: RO/constructor     | access: RO                     | Thing.owner: unknown access "RO"
            RO/constructor             | RO/constructor\\n    set_role: vm-admin | Thing.owner: set_role needs access RW
            RO/constructor             | RO/constructor\\n    elements: set      | Thing.owner: elements set need the type string set; Thing.owner: elements needs access RW
            elements: map              | elements: set                  | Thing.notes: elements set need the type string set
            elements: map              | elements: list                 | Thing.notes: elements must be map or set
            column: inner__size        | column: innersize              | Thing.inner_size: column must be its name, with two underscores after namespaces
            # Roles.
            read_role: pool-operator   | read_role: pool-opertor        | Thing: read_role: unknown role "pool-opertor"
            constructor_role: pool-admin | constructor_role: admin      | Thing: constructor_role: unknown role "admin"
            set_role: vm-admin\\n    key | set_role: vmadmin\\n    key   | Thing.notes: set_role: unknown role "vmadmin"
            {folder: vm-operator}      | {folder: all}                  | Thing.notes: key_roles: folder: unknown role "all"
            role: vm-admin\\n    params | role: VM-admin\\n    params    | Thing.paint: role: unknown role "VM-admin"
            access: RW\\n    default: red | access: RW\\n    get_role: vm-admin\\n    default: red | Thing.colour: get_role can only be pool-operator
            # Relations.
            inverse: Owner.things      | inverse: Owner.thing           | Thing.owner: inverse: there is no field Owner.thing; Owner.yaml: Owner.things: inverse: Thing.owner does not name this field as its inverse
            inverse: Owner.things      | inverse: Owner.uuid            | Thing.owner: inverse: Owner.uuid does not name this field as its inverse; Owner.yaml: Owner.things: inverse: Thing.owner does not name this field as its inverse
            inverse: Owner.things      | inverse: Thing.owner           | Thing.owner: inverse: a field cannot be its own other end; Owner.yaml: Owner.things: inverse: Thing.owner does not name this field as its inverse
            type: Owner ref            | type: Thing ref                | Thing.owner: inverse: the type must be Owner ref or Owner ref set
            # Lifecycles.
            state: deprecated          | state: depracated              | Thing.colour: lifecycle: unknown state "depracated"
            changed: "1.257.0"         | modified: "1.257.0"            | Thing.owner: lifecycle: unknown transition "modified"
            "1.257.0"                  | "1.257"                        | Thing.owner: lifecycle: unknown release "1.257"
            deprecated: ely            | deprecated: eli                | Thing.colour: lifecycle: unknown release "eli"
            deprecated: ely            | deprecated: "rio, elf"         | Thing.colour: lifecycle: unknown release "elf"
            {state: deprecated, pub    | {pub                           | Thing.colour: lifecycle: the state is published, the last transition deprecated
            {published: "24.0.0"}      | {state: published}             | Thing.notes: lifecycle: no transition
            # Errors, lookups, enumerations.
            [BROKEN, GONE]             | [BROKEN, GOEN]                 | Thing.paint: unknown error GOEN
            [BROKEN, GONE]             | [BROKEN, BROKEN]               | Thing.paint: errors: BROKEN is given twice
            get_by_uuid                | get_by_id                      | Thing: lookups: unknown lookup "get_by_id"
            get_by_uuid                | get_all                        | Thing: lookups: get_all is given twice
            red: like a rose           | rose: like a rose              | enum colour: meanings: unknown value "rose"
            # Names.
            name: inner_size\\n    type: int\\n    access: RO/runtime\\n    column: inner__size | name: notes\\n    type: int\\n    access: RO/runtime | Thing.notes: this name is given twice; Thing.notes: this name is given twice
            name: coats                | name: self                     | Thing.paint/self: this name is given twice
            [red, green]               | [red, red]                     | enum colour.red: this name is given twice
            [red, green]               | [red, Red]                     | enum colour.Red: its name in Java is that of red
            name: paint                | name: set_colour               | Thing.set_colour: a message of this name follows from the fields
            # Defaults.
            default: 0\\n              | default: "0"\\n                | Thing.inner_size: default "0" does not fit the type int
            default: red               | default: blue                  | Thing.colour: default "blue" does not fit the type enum colour
            default: null              | default: ""                    | Thing.owner: default "" does not fit the type Owner ref
            {folder: ""}               | []                             | Thing.notes: default [] does not fit the type (string -> string) map
            {folder: ""}               | {folder: 1}                    | Thing.notes: default {"folder":1} does not fit the type (string -> string) map
            default: 1,                | default: true,                 | Thing.paint/coats: default true does not fit the type int
            type: enum colour}         | type: enum colour, default: red} | ``
            name: coats, type: int, default: 1 | name: coats, type: int | ``
            {name: self, type: Thing ref} | {name: self, type: Thing ref, default: null} | Thing.paint/colour: it needs a default, as the parameters before it have one
            default: 1,                | default: 1, secret: true,      | Thing.paint/coats: a secret parameter cannot have a default
            # Order and texts.
            about: Remarks.            | about: Remarks.\\n    internal: true | ``
            about: Who has it.         | about: Who has it.\\n    internal: true | Thing.colour: it must come before the internal fields; Thing.notes: it must come before the internal fields
            about: Remarks.            | about: Remarks                 | Thing.notes: about must be a sentence with a full stop
            , about: "How often."}     | }                              | Thing.paint/coats: about must be a sentence with a full stop
            shared: uuid,              | shared: id,                    | Thing.id: unknown shared field
            shared: uuid,              | shared: uuid, type: int,       | Thing.uuid: shared.yaml says its type already
            """)
    void oneFaultIsFound(String from, String to, String faults) throws IOException {
        model.replace("Thing.yaml", lines(from), to == null ? "" : lines(to));
        String[] expected = faults.isEmpty() ? new String[0] : faults.split("; ");
        for (int i = 0; i < expected.length; i++) {
            expected[i] = expected[i].contains(".yaml: ") ? expected[i] : "Thing.yaml: " + expected[i];
        }
        assertThat(model.faults()).containsExactlyInAnyOrder(expected);
    }

    private static String lines(String text) {
        return text.replace("\\n", "\n");
    }

    @Test
    void allFaultsAreReportedTogether() throws IOException {
        model.replace("Thing.yaml", "default: red", "defualt: red");
        model.replace("Thing.yaml", "set_role: vm-admin\n    key_roles", "set_role: admin\n    key_roles");
        model.replace("Owner.yaml", "type: Thing ref set", "type: Thing ref");
        model.replace("errors.yaml", "params: [what]", "parms: [what]");
        assertThat(model.faults())
                .containsExactly(
                        "errors.yaml: BROKEN: unknown key \"parms\"",
                        "errors.yaml: BROKEN: no params",
                        "Thing.yaml: Thing.colour: unknown key \"defualt\"",
                        "Thing.yaml: Thing.notes: set_role: unknown role \"admin\"",
                        "Thing.yaml: Thing.owner: inverse: one of the two ends must be a set",
                        "Owner.yaml: Owner.things: inverse: one of the two ends must be a set");
    }

    @Test
    void namesInJavaAreDistinct() throws IOException {
        model.replace("errors.yaml", "  GONE:", "  BRO_KEN:");
        model.replace("Thing.yaml", "[BROKEN, GONE]", "[BROKEN]");
        model.replace("Thing.yaml", "name: colour\n    about: Its", "name: owner\n    about: Its");
        model.replace("Thing.yaml", "enum colour", "enum owner");
        assertThat(model.faults()).containsExactly("Owner.yaml: Owner: its name in Java is that of owner");
    }

    @Test
    void anEnumerationIsDeclaredOnce() throws IOException {
        model.replace(
                "Owner.yaml", "fields:", "enums:\n  - {name: colour, about: Its colours., values: [red]}\nfields:");
        assertThat(model.faults()).containsExactly("Owner.yaml: Owner: the enum colour is declared twice");
    }

    @Test
    void everyClassHasItsFileAndEveryFileItsClass() throws IOException {
        Files.writeString(model.file("classes.txt"), "Thing\nOwner\nThing\nOther\n");
        Files.writeString(model.file("Stray.yaml"), "class: Stray\n");
        model.replace("Owner.yaml", "class: Owner", "class: Landlord");
        assertThat(model.faults())
                .containsExactly(
                        "classes.txt: Thing: this name is given twice",
                        "classes.txt: Other: there is no Other.yaml",
                        "Stray.yaml: no class in classes.txt has this file",
                        "Owner.yaml: its class must be Owner");
    }

    @Test
    void aFileThatIsNoYamlIsNamedWithItsLine() throws IOException {
        model.replace("Thing.yaml", "persist: true\n", "persist: true\npersist: true\n");
        model.replace("Owner.yaml", "events: true\n", "events: [true\n");
        assertThat(model.faults())
                .anyMatch(fault -> fault.startsWith("Thing.yaml: line 6: Duplicate field 'persist'"))
                .anyMatch(fault -> fault.startsWith("Owner.yaml: line 7: "));
    }
}
