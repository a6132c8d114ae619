import { Int } from '@nestjs/graphql';
import { CommodityGroup } from '../../common/codes/goods-codes.js';
import { Money, Quantity } from './quantity.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { CasNumber, HsCode } from './rules/identifier.js';
import { NestedRecord } from './rules/nested.js';
import { Flag, WholeNumber } from './rules/number.js';
import { OnlyWhen, Optional, RequiredWhen } from './rules/presence.js';
import { LongText, ShortText } from './rules/text.js';

@BodyClass('GoodsLine', 'One kind of goods.')
export class GoodsLine {
  @BodyField(() => CommodityGroup, { description: 'Commodity group.' })
  @CodeOf(CommodityGroup)
  commodityGroup: CommodityGroup;

  @BodyField(() => String, { description: 'What the goods are, or are believed to be.' })
  @ShortText(300)
  description: string;

  @BodyField(() => String, { nullable: true, description: 'What the documents say the goods are.' })
  @Optional()
  @LongText(500)
  declaredDescription?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Tariff code, Harmonized System: six digits and up to four national ones; dots allowed.',
  })
  @Optional()
  @HsCode()
  hsCode?: string;

  @BodyField(() => Int, {
    nullable: true,
    description: 'Year of the edition of the Harmonized System. Required with a tariff code.',
  })
  @RequiredWhen<GoodsLine>(({ hsCode }) => hsCode !== undefined, 'when.tariffCode')
  @WholeNumber(1988, 2099)
  hsEdition?: number;

  @BodyField(() => String, { nullable: true, description: 'Number of the substance in the CAS registry.' })
  @Optional()
  @CasNumber()
  casNumber?: string;

  @BodyField(() => String, { nullable: true, description: 'Scientific name of the species.' })
  @Optional()
  @ShortText(120)
  scientificName?: string;

  @BodyField(() => Quantity, { nullable: true, description: 'Quantity.' })
  @Optional()
  @NestedRecord(() => Quantity)
  quantity?: Quantity;

  @BodyField(() => Quantity, {
    nullable: true,
    description: 'The same goods in a second unit, such as tonnes and pieces.',
  })
  @OnlyWhen<GoodsLine>(({ quantity }) => quantity !== undefined, 'when.firstQuantity')
  @NestedRecord(() => Quantity)
  secondQuantity?: Quantity;

  @BodyField(() => Money, { nullable: true, description: 'Value, as far as known.' })
  @Optional()
  @NestedRecord(() => Money)
  value?: Money;

  @BodyField(() => String, { nullable: true, description: 'How the goods are packed.' })
  @Optional()
  @ShortText(200)
  packaging?: string;

  @BodyField(() => String, { nullable: true, description: 'Marks, brands and numbers on goods or packages.' })
  @Optional()
  @ShortText(200)
  marks?: string;

  @BodyField(() => Boolean, { nullable: true, description: 'Whether the goods are hidden.' })
  @Optional()
  @Flag()
  concealed?: boolean;
}
