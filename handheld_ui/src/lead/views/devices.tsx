/** Handhelds: let one in by a QR code, shut a lost one out. */

import { useState } from "preact/hooks";

import type { Device, Invitation } from "../api/types";
import { Empty, Loading, PageHead, Problem, Tag, type Tone } from "../components/basics";
import { Confirm, Modal } from "../components/dialog";
import { Icon } from "../components/icon";
import { QrCode } from "../components/qr_code";
import { useCommand, useConsole } from "../state/console";
import { useResource } from "../state/resource";

const LONGEST_NAME = 100;

const TONES: Readonly<Record<string, Tone>> = { enrolled: "ok", waiting: "info", revoked: "danger" };

export function DevicesView() {
  const { api, t } = useConsole();
  const devices = useResource("devices", async () => (await api.devices()).devices, ["devices"]);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [lost, setLost] = useState<Device | null>(null);
  return (
    <div class="view">
      <PageHead title={t("devices.title")} sub={t("devices.sub")}>
        <NewDevice onInvited={setInvitation} />
      </PageHead>
      <Problem error={devices.error} />
      {devices.data === null ? (
        devices.error ? null : (
          <Loading />
        )
      ) : devices.data.length === 0 ? (
        <Empty title={t("devices.empty")}>{t("devices.emptyHint")}</Empty>
      ) : (
        <DeviceTable devices={devices.data} onInvited={setInvitation} onLost={setLost} />
      )}
      {invitation !== null && (
        <Code
          invitation={invitation}
          onClose={() => {
            setInvitation(null);
          }}
        />
      )}
      {lost !== null && (
        <Revoke
          device={lost}
          onClose={() => {
            setLost(null);
          }}
        />
      )}
    </div>
  );
}

function NewDevice({ onInvited }: { onInvited: (invitation: Invitation) => void }) {
  const { api, t } = useConsole();
  const [name, setName] = useState("");
  const { busy, error, run } = useCommand();
  return (
    <form
      class="new-device"
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          onInvited(await api.inviteDevice(name.trim()));
          setName("");
        });
      }}
    >
      <input
        aria-label={t("field.name")}
        placeholder={t("devices.name")}
        maxLength={LONGEST_NAME}
        required
        value={name}
        onInput={(event) => {
          setName(event.currentTarget.value);
        }}
        data-testid="device-name"
      />
      <button type="submit" class="button button-primary" disabled={busy} data-testid="device-add">
        <Icon name="plus" />
        {t("devices.add")}
      </button>
      <Problem error={error} />
    </form>
  );
}

function DeviceTable({
  devices,
  onInvited,
  onLost,
}: {
  devices: readonly Device[];
  onInvited: (invitation: Invitation) => void;
  onLost: (device: Device) => void;
}) {
  const { api, t, formats } = useConsole();
  const { busy, error, run } = useCommand();
  return (
    <div class="table-wrap">
      <Problem error={error} />
      <table class="table table-devices" data-testid="devices-table">
        <thead>
          <tr>
            <th>{t("field.name")}</th>
            <th>{t("field.state")}</th>
            <th>{t("devices.seen")}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <tr key={device.id}>
              <td class="device-name">{device.name}</td>
              <td>
                <Tag tone={TONES[device.state] ?? "plain"}>{stateWord(device.state, t)}</Tag>
              </td>
              <td class="nowrap">
                {device.seen_at === null ? "–" : formats.moment(device.seen_at, new Date())}
              </td>
              <td>
                <div class="button-row">
                  <button
                    type="button"
                    class="button"
                    disabled={busy}
                    onClick={() => {
                      void run(async () => {
                        onInvited(await api.inviteDeviceAgain(device.id));
                      });
                    }}
                    data-testid="device-code"
                  >
                    {t("devices.code")}
                  </button>
                  <button
                    type="button"
                    class="button"
                    disabled={device.state === "revoked"}
                    onClick={() => {
                      onLost(device);
                    }}
                    data-testid="device-revoke"
                  >
                    {t("devices.revoke")}
                  </button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateWord(state: string, t: ReturnType<typeof useConsole>["t"]): string {
  switch (state) {
    case "enrolled":
      return t("devices.state.enrolled");
    case "waiting":
      return t("devices.state.waiting");
    case "revoked":
      return t("devices.state.revoked");
    default:
      return state;
  }
}

function Code({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t } = useConsole();
  return (
    <Modal
      title={t("devices.codeTitle", { name: invitation.device.name })}
      onClose={onClose}
      testid="device-dialog"
    >
      <div class="dialog-body device-invitation">
        <p>{t("devices.codeText")}</p>
        <QrCode rows={invitation.qr} label={invitation.url} />
        <p class="device-address" data-testid="device-url">
          {invitation.url}
        </p>
      </div>
    </Modal>
  );
}

function Revoke({ device, onClose }: { device: Device; onClose: () => void }) {
  const { api, t, announce } = useConsole();
  const { busy, error, run } = useCommand();
  return (
    <Confirm
      title={t("devices.revokeTitle", { name: device.name })}
      action={t("devices.revoke")}
      danger
      busy={busy}
      error={error}
      onConfirm={() => {
        void run(async () => {
          await api.revokeDevice(device.id);
          announce(t("devices.revoked", { name: device.name }));
          onClose();
        });
      }}
      onClose={onClose}
    >
      <p>{t("devices.revokeText")}</p>
    </Confirm>
  );
}
