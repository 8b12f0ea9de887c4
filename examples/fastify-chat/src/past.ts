/** Something that was said before the server was started. */
export interface PastMessage {
  readonly roomId: string;
  readonly by: string;
  readonly minutesAgo: number;
  readonly text: string;
}

type Line = readonly [by: string, minutesAgo: number, text: string];

/** A day in the workshop: enough to scroll back in, so that a page begins with its newest fifty. */
const workshop: readonly Line[] = [
  ['Mara', 1510, 'Opening at three today. Stands two and four are free until five.'],
  ['Jonas', 1502, 'Taking four. Bottom bracket on the old Peugeot, I will need the pin spanner.'],
  ['Mara', 1500, 'Pin spanner is on the board, second row.'],
  ['Ines', 1474, 'Stand four is wobbling again. I tightened the foot, but somebody should look at the clamp.'],
  ['Tobias', 1470, 'The clamp has a crack. Please do not put e-bikes on it, use stand one.'],
  ['Ines', 1469, 'Sign is up.'],
  ['Jonas', 1431, 'French thread. Of course it is French thread.'],
  ['Mara', 1429, 'Drawer 14, left side. There is one cup left, please write down that you took it.'],
  ['Jonas', 1422, 'Got it. You just saved this bike.'],
  ['Priya', 1398, 'Hello! I am new here. Can I come by without an appointment if it is only a flat tyre?'],
  ['Mara', 1396, 'Always. Patches and glue are on the bench by the window, coffee is next to it.'],
  ['Priya', 1395, 'Perfect, on my way.'],
  ['Tobias', 1340, 'Truing stand is occupied, I have three wheels to do. Done by half past six.'],
  ['Ines', 1322, 'Does anybody have the small chain tool? It is not in its place.'],
  ['Jonas', 1320, 'In my apron, sorry. Hanging it back now.'],
  ['Ines', 1319, 'Thanks.'],
  ['Priya', 1296, 'Flat fixed, first one of my life. It was a thorn the size of a toothpick.'],
  ['Mara', 1295, 'Well done. Check the inside of the tyre for a second one, they come in pairs.'],
  ['Priya', 1291, 'There WAS a second one.'],
  ['Tobias', 1265, 'Last wheel. This rim has a dent, I can get it to 0.8 mm and no better.'],
  ['Mara', 1263, '0.8 is fine for the cargo bike. Rim brake or disc?'],
  ['Tobias', 1262, 'Disc.'],
  ['Mara', 1262, 'Then nobody will ever know.'],
  ['Ines', 1224, 'Locking the tool cabinet in ten minutes. Please bring back what you have.'],
  ['Jonas', 1218, 'All back. Two 8 mm keys are missing since Saturday, does somebody have one at home?'],
  ['Tobias', 1209, 'One is mine, I will bring it tomorrow.'],
  ['Mara', 1190, 'Closed. 14 bikes today, thank you all.'],
  ['Ines', 402, 'Morning. I have the key until noon, stands one and three are free.'],
  ['Wren', 395, 'Can I use stand three for about an hour? Headset, it clicks when I brake.'],
  ['Ines', 394, 'It is yours. Headset press is the long one behind the door.'],
  ['Wren', 372, 'Lower race is pitted. Do we have 1 1/8 inch, 45 by 45 degrees?'],
  ['Ines', 370, 'Ask in Parts, Tobias counted bearings on Monday.'],
  ['Wren', 341, 'Found one. No more clicking.'],
  ['Jonas', 318, 'Compressor is off, I am changing the filter. Use the floor pump until eleven.'],
  ['Priya', 309, 'How much pressure for a 28 mm tyre? The side says 6 bar, that feels like a lot.'],
  ['Jonas', 306, '6 is the most it can take. For your weight 4.5 at the back, 4 in front.'],
  ['Priya', 304, 'That is much nicer over the cobbles, thank you.'],
  ['Jonas', 287, 'Compressor is back.'],
  ['Tobias', 244, 'The 8 mm key is on the board again. One more to go.'],
  ['Mara', 231, 'A school class comes on Thursday, nine to eleven. Eight children, eight bikes, brakes and lights.'],
  ['Mara', 230, 'I need two people who can explain a brake without saying “simply”.'],
  ['Wren', 226, 'I am in.'],
  ['Ines', 219, 'Me too, until ten.'],
  ['Jonas', 212, 'I take over from Ines at ten.'],
  ['Mara', 210, 'You are wonderful. I bring the small helmets.'],
  ['Priya', 164, 'Is somebody there? I found a kids’ bike at the kerb, frame is good, no front wheel.'],
  ['Tobias', 161, 'Bring it. 20 inch, I hope? I have a wheel with a hub dynamo that waits for a frame.'],
  ['Priya', 158, '20 inch!'],
  ['Tobias', 131, 'It fits as if it had been made for it. Needs brake pads and a bell.'],
  ['Wren', 118, 'I have a bell. It is shaped like a frog.'],
  ['Tobias', 117, 'Then it will be the best bike on Thursday.'],
  ['Ines', 84, 'New clamp for stand four has arrived. Mounting it now, please keep clear of the corner.'],
  ['Ines', 61, 'Done. Holds 25 kg, I hung on it myself.'],
  ['Jonas', 47, 'Can confirm, she did.'],
  ['Mara', 26, 'Stands two, three and four are free from now on. We are open until seven.'],
  ['Wren', 12, 'Coming over with the frog bell.'],
  ['Tobias', 9, 'Bring the 4 mm key from the cargo bike as well, please. It is in the front bag.'],
];

const parts: readonly Line[] = [
  ['Tobias', 640, 'Counted: 11 chains 8-speed, 4 chains 10-speed, 2 cassettes 11–32, no brake pads for Shimano B01S.'],
  ['Wren', 368, 'Is there a lower headset bearing, 1 1/8 inch, 45 by 45?'],
  ['Tobias', 360, 'Drawer 22, two left. 6 € into the tin.'],
  ['Ines', 205, 'Ordered today: 20 pairs of B01S, 10 inner cables, 2 litres of chain oil. Comes on Wednesday.'],
  ['Jonas', 140, 'Somebody left a dynamo hub with 36 holes on the counter. Whose is it?'],
  ['Priya', 33, 'Mine! The shop next door gave it away. You can have it.'],
];

const keys: readonly Line[] = [
  ['Mara', 700, 'Next week: Mon Tobias, Tue Ines, Thu Jonas, Sat all of us. Who takes Wednesday?'],
  ['Jonas', 652, 'Wednesday is mine. The alarm has a new code, ask me for it in person.'],
  ['Ines', 88, 'The back door sticks when it rains. Lift it while you turn the key.'],
];

export const past: readonly PastMessage[] = [
  ...inRoom('workshop', workshop),
  ...inRoom('parts', parts),
  ...inRoom('keys', keys),
];

function inRoom(roomId: string, lines: readonly Line[]): readonly PastMessage[] {
  return lines.map(([by, minutesAgo, text]) => ({ roomId, by, minutesAgo, text }));
}
